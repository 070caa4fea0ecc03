// better-auth with passcodes by e-mail and organisations, behind its own handler for Node's http server.
// PORT, SMTP_PORT; DATABASE_URL (postgresql://…) or DATABASE_FILE; KNOWN: so many guests are users already.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { emailOTP, organization } from "better-auth/plugins";
import nodemailer from "nodemailer";

const { PORT, SMTP_PORT, DATABASE_URL, DATABASE_FILE, KNOWN } = process.env;
const known = Number(KNOWN ?? 0);
const plenty = 1_000_000_000;

async function sqlite(file) {
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  return database;
}

async function postgres(url) {
  const { default: pg } = await import("pg");
  return new pg.Pool({ connectionString: url, max: 10 });
}

const database = DATABASE_URL ? await postgres(DATABASE_URL) : await sqlite(DATABASE_FILE);

const relay = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(SMTP_PORT),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: 8,
  maxMessages: Infinity,
});
const send = (to, subject, text) => relay.sendMail({ from: "Guests <no-reply@bench.example>", to, subject, text });

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: "nothing here outlives the measurement it was started for",
  database,
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: "warn" },
  plugins: [
    emailOTP({
      otpLength: 8,
      expiresIn: 30 * 60,
      allowedAttempts: 5,
      sendVerificationOTP: ({ email, otp }) => send(email, "Your passcode", `Type this passcode:\n\n${otp}\n`),
    }),
    organization({
      invitationLimit: plenty,
      membershipLimit: plenty,
      sendInvitationEmail: ({ email, id }) => send(email, "An invitation", `Accept it: http://127.0.0.1:${PORT}/i/${id}\n`),
    }),
  ],
});

async function remember(count) {
  const now = new Date();
  if (DATABASE_URL) {
    await database.query(
      `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
       SELECT 'known' || n, 'Guest', 'guest' || n || '@bench.example', true, $2, $2 FROM generate_series(0, $1::int - 1) n`,
      [count, now],
    );
    return;
  }
  const row = database.prepare(
    "INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?, 'Guest', ?, 1, ?, ?)",
  );
  database.transaction(() => {
    for (let n = 0; n < count; n += 1) row.run(`known${n}`, `guest${n}@bench.example`, now.toISOString(), now.toISOString());
  })();
}

await (await getMigrations(auth.options)).runMigrations();
if (known) await remember(known);
createServer(toNodeHandler(auth)).listen(Number(PORT), "127.0.0.1", 1024);
process.on("SIGTERM", () => process.exit(0));

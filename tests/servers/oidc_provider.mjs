// A certified OpenID provider (npm oidc-provider) with people of the tests' making.
//
// node oidc_provider.mjs PORT REDIRECT_URI [--id-token-claims]
// PUT /control {"accounts": {sub: claims}, "account": sub, "refuse": bool, "page": bool, "amr": [], "acr": ""}
import http from 'node:http'
import { Provider } from 'oidc-provider'

const [port, redirects, ...options] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
let control = { accounts: {}, account: '', refuse: false, page: false, amr: undefined, acr: undefined }

const provider = new Provider(issuer, {
  clients: [
    { client_id: 'gatehouse', client_secret: 'a secret + 100% of the partner', redirect_uris: redirects.split(','),
      token_endpoint_auth_method: 'client_secret_post' },
    { client_id: 'public', redirect_uris: redirects.split(','), token_endpoint_auth_method: 'none' },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
  conformIdTokenClaims: !options.includes('--id-token-claims'),
  features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
  acrValues: ['urn:partner:strong'],
  cookies: { keys: ['for tests only'] },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => control.accounts[id] && { accountId: id, claims: () => ({ sub: id, ...control.accounts[id] }) },
  renderError: (ctx, out) => { ctx.type = 'html'; ctx.body = JSON.stringify(out) },
})

async function decide (req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res)
  if (control.refuse) {
    return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'No.' })
  }
  if (prompt.name === 'login') {
    const login = { accountId: control.account, amr: control.amr, acr: control.acr, remember: false }
    return provider.interactionFinished(req, res, { login })
  }
  const grant = grantId ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope('openid email profile')
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
}

async function body (req) {
  let text = ''
  for await (const chunk of req) text += chunk
  return text
}

http.createServer(async (req, res) => {
  try {
    if (req.url === '/control') {
      control = { ...control, ...JSON.parse(await body(req)) }
      return res.end('{}')
    }
    if (!req.url.startsWith('/interaction/')) return provider.callback()(req, res)
    if (control.page && req.method === 'GET') {
      res.setHeader('Content-Type', 'text/html; charset=utf-8')
      return res.end(`<!DOCTYPE html><title>Partner</title><form method="post"><button>Continue as ${control.account}</button></form>`)
    }
    await decide(req, res)
  } catch (fault) {
    res.statusCode = 500
    res.end(String(fault))
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'))

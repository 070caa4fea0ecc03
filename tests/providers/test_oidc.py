"""What a provider's word is worth: each thing that can be wrong with it is, once."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiohttp import ClientSession
from joserfc.jwk import OctKey

from domain.policies import Method, Partner
from domain.sign_in_errors import ProviderDown, SignInCancelled, SignInStale
from domain.sign_ins import Leaving, Proof, Provider
from providers import Providers
from providers.clients import Client, Clients
from tests.guest.house import Clock
from tests.servers.authority import CONSUMERS, HOME, Authority, new_key

pytestmark = pytest.mark.sockets
GWEN = "gwen@fabrikam.example"
LEAVING = Leaving(GWEN, "https://gate.example/sign-in/p1/callback", "en", "state", "nonce", "v" * 43)
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"


@dataclass
class Scene:
    authority: Authority
    clock: Clock
    providers: Providers
    provider: Provider
    leaving: Leaving = LEAVING

    async def back(self, **changes: str) -> dict[str, str]:
        """The parameters with which the browser comes back."""
        url = await self.providers.begin(self.provider, self.leaving)
        async with ClientSession() as session, session.get(url, allow_redirects=False) as answer:
            return dict(parse_qsl(urlsplit(answer.headers["Location"]).query)) | changes

    async def signs_in(self, **claims: Any) -> Proof:
        self.authority.claims |= claims
        return await self.providers.finish(self.provider, self.leaving, await self.back())

    def at(self, seconds: float) -> int:
        return int(self.clock.now.timestamp() + seconds)


@pytest.fixture
async def scene(authority: Authority) -> AsyncIterator[Scene]:
    """A partner's provider, and Gwen with a verified address."""
    clock = Clock()
    client = Client("id", "secret")
    providers = Providers(Clients(client, client, authority.url, authority.url), clock, development=True)
    partner = Partner("p1", "Fabrikam", authority.url, "id", ("fabrikam.example",))
    made = Scene(authority, clock, providers, Provider(Method.PARTNER, "p1", "Fabrikam", partner))
    authority.claims = {"email": GWEN, "email_verified": True, "iat": made.at(0), "exp": made.at(600)}
    yield made
    await providers.close()


@pytest.fixture
def microsoft(scene: Scene) -> Scene:
    """Microsoft's organisations instead, Gwen's own among them."""
    authority = scene.authority
    authority.tenants = {"fabrikam.example": HOME, "evil.example": OTHER_TENANT}
    authority.claims = {
        "iss": f"{authority.url}/{HOME}/v2.0", "tid": HOME, "preferred_username": GWEN,
        "iat": scene.at(0), "exp": scene.at(600),
    }  # fmt: skip
    return replace(scene, provider=Provider(Method.MICROSOFT, "microsoft", "Microsoft"))


@pytest.fixture
def google(scene: Scene) -> Scene:
    return replace(scene, provider=Provider(Method.GOOGLE, "google", "Google"))


async def test_a_true_word_proves_issuer_subject_and_address(scene: Scene) -> None:
    proof = await scene.signs_in(amr=["mfa"], acr="strong")
    assert proof == Proof(
        Method.PARTNER, "p1", scene.authority.url, "subject", GWEN, methods=("mfa",), context="strong"
    )  # fmt: skip


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"nonce": ["nonce"]},
        {"iss": "https://evil.example"}, {"iss": None}, {"iss": 7},
        {"aud": "somebody else"}, {"aud": ["id", "somebody else"]}, {"aud": []}, {"aud": None},
        {"azp": "somebody else"},
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": ["subject"]}, {"sub": {"subject": 1}}, {"sub": True},
        {"sub": "x" * 256}, {"sub": "a\0b"}, {"sub": "a\nb"}, {"sub": "süb"}, {"sub": "\ud800"},
        {"exp": None}, {"exp": "soon"}, {"iat": None}, {"iat": "now"},
        {"at_hash": "of another token"}, {"amr": "mfa"},
    ],
    ids=repr,
)  # fmt: skip
async def test_a_wrong_claim_is_worth_nothing(scene: Scene, claims: dict[str, Any]) -> None:
    with pytest.raises(ProviderDown):
        await scene.signs_in(**claims)


async def test_of_the_ways_of_signing_in_only_what_is_asked_for_is_kept(scene: Scene) -> None:
    assert (await scene.signs_in(sub="~" * 255)).subject == "~" * 255
    assert (await scene.signs_in(amr=["x" * 9000, "mfa", 7, "pwd"], acr="a" * 255)).methods == ("mfa",)
    assert (await scene.signs_in(amr=["pwd"])).methods == ()
    for acr in ("a" * 256, ["strong"], 7, None):
        assert (await scene.signs_in(acr=acr)).context == ""


@pytest.mark.parametrize("claim", ["email", "preferred_username", "upn"])
async def test_letters_that_only_look_like_the_address_prove_nothing(microsoft: Scene, claim: str) -> None:
    """KELVIN SIGN is `k` in lower case."""
    scene = replace(microsoft, leaving=replace(LEAVING, address="kim@fabrikam.example"))
    kim = "\u212aim@fabrikam.example"
    proof = await scene.signs_in(**{"preferred_username": "x@fabrikam.example", "xms_edov": True, claim: kim})
    assert (proof.address, proof.claims_address) == ("", False)


async def test_letters_that_only_look_like_the_hosted_domain_prove_nothing(google: Scene) -> None:
    scene = replace(google, leaving=replace(LEAVING, address="gwen@kimberly.example"))
    claims = {"email": "gwen@kimberly.example", "email_verified": True}
    assert not (await scene.signs_in(hd="\u212aimberly.example", **claims)).address
    assert (await scene.signs_in(hd="Kimberly.example", **claims)).address


@pytest.mark.parametrize("skew", [-295, 295])
async def test_a_clock_five_minutes_off_does_no_harm(scene: Scene, skew: int) -> None:
    at = {"iat": scene.at(skew), "nbf": scene.at(skew), "exp": scene.at(skew + 1)}
    assert (await scene.signs_in(**at)).address == GWEN


@pytest.mark.parametrize(
    "at", [{"exp": -305}, {"iat": 305}, {"nbf": 305}], ids=["expired", "issued ahead", "not yet good"]
)
async def test_a_clock_further_off_is_not_believed(scene: Scene, at: dict[str, int]) -> None:
    with pytest.raises(ProviderDown):
        await scene.signs_in(**{name: scene.at(seconds) for name, seconds in at.items()})


async def test_a_token_without_a_signature_is_refused(scene: Scene) -> None:
    scene.authority.header["alg"] = "none"
    with pytest.raises(ProviderDown, match="algorithm"):
        await scene.signs_in()


async def test_a_token_signed_with_what_both_sides_know_is_refused(scene: Scene) -> None:
    scene.authority.published = [scene.authority.key.as_dict(private=False)]
    scene.authority.key = OctKey.import_key("the secret that both sides know", {"kid": "first"})
    scene.authority.header["alg"] = "HS256"
    with pytest.raises(ProviderDown, match="algorithm"):
        await scene.signs_in()


async def test_a_token_signed_by_somebody_else_is_refused(scene: Scene) -> None:
    scene.authority.published = [scene.authority.key.as_dict(private=False)]
    scene.authority.key = new_key("first")
    with pytest.raises(ProviderDown, match="BadSignature"):
        await scene.signs_in()


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 40_000, "ey.ey"])
async def test_what_is_no_token_is_refused(scene: Scene, token: str) -> None:
    scene.authority.raw_token = token
    with pytest.raises(ProviderDown):
        await scene.signs_in()


async def test_keys_rotate_without_anybody_noticing(scene: Scene) -> None:
    await scene.signs_in()
    scene.authority.key = new_key("second")
    scene.clock.move(seconds=61)
    assert (await scene.signs_in()).address == GWEN


async def test_unknown_keys_are_looked_for_once_a_minute_at_most(scene: Scene) -> None:
    await scene.signs_in()
    scene.authority.published = [scene.authority.key.as_dict(private=False)]
    scene.authority.key = new_key("unknown")
    for _ in range(5):
        with pytest.raises(ProviderDown, match="key"):
            await scene.signs_in()
    assert scene.authority.asked.count("/keys") == 1
    scene.clock.move(seconds=61)
    for _ in range(5):
        with pytest.raises(ProviderDown, match="key"):
            await scene.signs_in()
    assert scene.authority.asked.count("/keys") == 2


async def test_a_replayed_code_is_refused(scene: Scene) -> None:
    back = await scene.back()
    await scene.providers.finish(scene.provider, scene.leaving, back)
    with pytest.raises(SignInStale):
        await scene.providers.finish(scene.provider, scene.leaving, back)


async def test_a_code_is_good_for_its_own_verifier_alone(scene: Scene) -> None:
    stolen = await scene.back()
    with pytest.raises(SignInStale):
        await scene.providers.finish(scene.provider, replace(scene.leaving, verifier="w" * 43), stolen)


async def test_a_token_of_another_sign_in_is_refused(scene: Scene) -> None:
    """A lying or careless provider takes any verifier: the nonce still differs."""
    scene.authority.raw_token = scene.authority.token("of another sign-in", "id")
    with pytest.raises(ProviderDown):
        await scene.signs_in()


@pytest.mark.parametrize(
    ("announced", "said", "good"),
    [(False, None, True), (True, None, False), (True, "own", True), (False, "own", True), (False, "other", False)],
)
async def test_the_answer_has_to_be_of_this_issuer(scene: Scene, announced: bool, said: str | None, good: bool) -> None:
    scene.authority.metadata["authorization_response_iss_parameter_supported"] = announced
    scene.authority.iss_parameter = {"own": scene.authority.url, "other": "https://evil.example"}.get(said or "")
    if good:
        assert (await scene.signs_in()).subject == "subject"
        return
    asked = scene.authority.asked.count("/token")
    with pytest.raises(ProviderDown, match="mixed_up"):
        await scene.signs_in()
    assert scene.authority.asked.count("/token") == asked


async def test_metadata_of_another_issuer_is_not_used(scene: Scene) -> None:
    scene.authority.metadata["issuer"] = "https://evil.example"
    with pytest.raises(ProviderDown, match="issuer"):
        await scene.providers.begin(scene.provider, scene.leaving)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url", ["http://evil.example/x", "javascript:alert(1)", "//evil.example", "https://u@e.example", 7]
)
async def test_nobody_is_sent_to_or_asked_at_an_unsafe_address(scene: Scene, name: str, url: object) -> None:
    scene.authority.metadata[name] = url
    with pytest.raises(ProviderDown, match="address"):
        await scene.providers.begin(scene.provider, scene.leaving)


async def test_clear_text_is_for_this_machine_in_development_only(scene: Scene) -> None:
    strict = Providers(Clients(), scene.clock, development=False)
    with pytest.raises(ProviderDown, match="address"):
        await strict.begin(scene.provider, scene.leaving)
    assert scene.authority.asked == []
    await strict.close()


async def test_no_redirect_is_followed(scene: Scene) -> None:
    scene.authority.broken["/token"] = 307
    with pytest.raises(ProviderDown, match="token"):
        await scene.signs_in()


@pytest.mark.parametrize("path", ["/.well-known", "/token", "/keys"])
async def test_who_hangs_is_given_up_within_five_seconds(scene: Scene, path: str) -> None:
    scene.authority.broken[path] = 0
    began = monotonic()
    with pytest.raises(ProviderDown, match="slow"):
        await scene.signs_in()
    assert monotonic() - began < 5


async def test_an_answer_without_end_is_given_up(scene: Scene) -> None:
    scene.authority.metadata["padding"] = "x" * 300_000
    with pytest.raises(ProviderDown, match="size"):
        await scene.providers.begin(scene.provider, scene.leaving)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [("access_denied", SignInCancelled), ("server_error", ProviderDown), ("<script>", ProviderDown)],
)
async def test_a_providers_no_is_told_from_its_faults(scene: Scene, error: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await scene.providers.finish(scene.provider, scene.leaving, {"state": "state", "error": error})


# ── whose address it is ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("claims", "address", "claimed"),
    [
        ({}, GWEN, False),
        ({"email": "GWEN@Fabrikam.Example"}, GWEN, False),
        ({"email_verified": False}, "", True),
        ({"email_verified": None}, "", True),
        ({"email_verified": "true"}, "", True),
        ({"email": "bob@fabrikam.example"}, "", False),
        ({"email": [GWEN]}, "", False),
    ],
)
async def test_a_partner_vouches_with_a_verified_email(
    scene: Scene, claims: dict[str, Any], address: str, claimed: bool
) -> None:
    proof = await scene.signs_in(**claims)
    assert (proof.address, proof.claims_address) == (address, claimed)


@pytest.mark.parametrize(
    ("claims", "address"),
    [
        ({}, GWEN),
        ({"preferred_username": "gwen@fabrikam.onmicrosoft.example", "upn": GWEN}, GWEN),
        ({"preferred_username": "bob@fabrikam.example", "email": GWEN}, ""),
        ({"preferred_username": "bob@fabrikam.example", "email": GWEN, "email_verified": True}, ""),
        ({"preferred_username": "bob@fabrikam.example", "email": GWEN, "xms_edov": False}, ""),
        ({"preferred_username": "bob@fabrikam.example", "email": GWEN, "xms_edov": True}, GWEN),
        ({"preferred_username": "bob@fabrikam.example", "email": GWEN, "xms_edov": "1"}, GWEN),
    ],
)
async def test_microsofts_organisations_vouch_by_name_and_never_by_a_bare_email(
    microsoft: Scene, claims: dict[str, Any], address: str
) -> None:
    assert (await microsoft.signs_in(**claims)).address == address


async def test_another_tenant_cannot_speak_for_the_domain(microsoft: Scene) -> None:
    """nOAuth: anybody may make a tenant and write any address into its accounts."""
    issuer = f"{microsoft.authority.url}/{OTHER_TENANT}/v2.0"
    for claims in ({"preferred_username": GWEN}, {"email": GWEN, "xms_edov": True}, {"upn": GWEN}):
        proof = await microsoft.signs_in(iss=issuer, tid=OTHER_TENANT, **claims)
        assert proof.address == ""
        assert proof.claims_address


@pytest.mark.parametrize(
    "claims", [{"tid": OTHER_TENANT}, {"tid": None}, {"tid": ""}, {"iss": "https://evil.example/{tenantid}/v2.0"}]
)
async def test_microsofts_issuer_is_of_the_tokens_own_tenant(microsoft: Scene, claims: dict[str, Any]) -> None:
    with pytest.raises(ProviderDown):
        await microsoft.signs_in(**claims)


async def test_a_key_of_one_tenant_signs_for_no_other(microsoft: Scene) -> None:
    key = microsoft.authority.key.as_dict(private=False)
    microsoft.authority.published = [key | {"issuer": f"{microsoft.authority.url}/{OTHER_TENANT}/v2.0"}]
    with pytest.raises(ProviderDown, match="key_issuer"):
        await microsoft.signs_in()
    microsoft.clock.move(minutes=31)
    microsoft.authority.claims |= {"exp": microsoft.at(600)}
    microsoft.authority.published = [key | {"issuer": microsoft.authority.url + "/{tenantid}/v2.0"}]
    assert (await microsoft.signs_in()).address == GWEN


async def test_while_the_domains_tenant_is_unknown_nobody_is_believed(microsoft: Scene) -> None:
    microsoft.authority.broken["/fabrikam.example"] = 503
    with pytest.raises(ProviderDown, match="tenant_unknown"):
        await microsoft.signs_in()


@pytest.mark.parametrize(
    ("address", "claims", "good"),
    [
        ("gwen@outlook.com", {"preferred_username": "Gwen@outlook.com"}, True),
        ("gwen@outlook.com", {"email": "gwen@outlook.com"}, True),
        (GWEN, {"preferred_username": GWEN, "email": GWEN}, False),
    ],
)
async def test_a_personal_account_vouches_for_microsofts_own_mailboxes_alone(
    scene: Scene, address: str, claims: dict[str, Any], good: bool
) -> None:
    scene.authority.claims |= {"iss": f"{scene.authority.url}/{CONSUMERS}/v2.0", "tid": CONSUMERS, "email": None}
    provider, leaving = Provider(Method.PERSONAL, "personal", "Microsoft"), replace(LEAVING, address=address)
    proof = await replace(scene, provider=provider, leaving=leaving).signs_in(**claims)
    assert proof.address == (address if good else "")


async def test_an_organisations_account_is_no_personal_one(microsoft: Scene) -> None:
    personal = replace(microsoft, provider=Provider(Method.PERSONAL, "personal", "Microsoft"))
    with pytest.raises(ProviderDown):
        await personal.signs_in()


@pytest.mark.parametrize(
    ("address", "claims", "good"),
    [
        ("gwen@gmail.com", {}, True),
        (GWEN, {"hd": "fabrikam.example"}, True),
        (GWEN, {"hd": "evil.example"}, False),
        (GWEN, {}, False),
        ("gwen@gmail.com", {"email_verified": False}, False),
    ],
)
async def test_google_vouches_for_gmail_and_the_domains_it_hosts(
    google: Scene, address: str, claims: dict[str, Any], good: bool
) -> None:
    scene = replace(google, leaving=replace(LEAVING, address=address))
    proof = await scene.signs_in(**{"email": address, **claims})
    assert proof.address == (address if good else "")
    assert proof.claims_address is not good


async def test_a_clients_secret_stands_in_no_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    assert "secret" not in repr(Client("id", "secret")).replace("Client", "")
    scene.authority.broken["/token"] = 500
    with pytest.raises(ProviderDown):
        await scene.signs_in()
    told = caplog.text
    assert "p1" in told
    for secret in (GWEN, "v" * 43, base64.b64encode(b"id:secret").decode(), "nonce"):
        assert secret not in told

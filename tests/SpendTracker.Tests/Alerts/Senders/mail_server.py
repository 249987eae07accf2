"""A mail server with STARTTLS and AUTH that prints each mail, taken apart by Python's own parser, as a line of JSON.

mail_server.py CERTIFICATE KEY {starttls|implicit|plain} ADDRESS PORT. It knows the user "spend" with the password "pass word",
and refuses receivers at refused.example.com.
"""
import asyncio, email, email.policy, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

certificate, key, mode, address, port = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@refused.example.com"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "encrypted": session.ssl is not None or mode == "implicit", "signedIn": session.authenticated,
            "headers": {name: str(value) for name, value in mail.items()}, "defects": [str(defect) for defect in mail.defects],
            "plain": mail.get_body(("plain",)).get_content(), "html": mail.get_body(("html",)).get_content(),
            "longestLine": max(len(line) for line in envelope.content.split(b"\r\n")), "ascii": envelope.content.isascii(),
            "files": [{"name": part.get_filename(), "type": part.get_content_type(), "bytes": len(part.get_content())} for part in mail.iter_attachments()],
        }), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"spend", b"pass word"), handled=False)


async def main():
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            Handler(), hostname="mail.test", tls_context=context if mode == "starttls" else None, require_starttls=mode == "starttls",
            authenticator=authenticate, auth_required=mode != "plain", auth_require_tls=mode == "starttls"),
        address, int(port), ssl=context if mode == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

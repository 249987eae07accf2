"""A receiver as the README describes one: it checks a webhook's signature and its age, with the standard library only."""
import base64, hashlib, hmac, http.server, json, sys, time

key = base64.b64decode(sys.argv[1].removeprefix("whsec_"))


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if not any(hmac.compare_digest(expected, given) for given in self.headers["webhook-signature"].split(" ")):
            self.answer(401, "The signature is wrong.")
        elif abs(time.time() - int(self.headers["webhook-timestamp"])) > 300:
            self.answer(401, "The message is too old.")
        else:
            self.answer(200, json.loads(body)["type"])
            print(self.headers["webhook-id"], json.loads(body)["data"]["alerts"][0]["crossed"]["budget"], flush=True)

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()

using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;
using SpendTracker.Web.Exports;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>E-mail through a real server (aiosmtpd), whose own parser takes the mails apart.</summary>
public sealed class EmailSenderTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spend-mail").FullName;
    private readonly X509Certificate2 _certificate = Sending.Certificate();
    private ServerProgram? _server;

    private OutgoingConnection Trusting => new(new AllowedHosts(["localhost", "127.0.0.1"]), Dns.GetHostAddressesAsync, [_certificate]);

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_mail_is_encrypted_signed_in_and_says_the_same_in_plain_text_and_HTML()
    {
        var address = await StartAsync("starttls");

        Assert.Equal(SendOutcome.Sent, await new EmailSender(Trusting).SendAsync(address, Sending.Notice(NoticeKind.Crossed, Sending.Alert("Büro & <b>Söhne</b> 日本"))));

        var mail = await MailAsync();
        Assert.True(mail.GetProperty("encrypted").GetBoolean() && mail.GetProperty("signedIn").GetBoolean() && mail.GetProperty("ascii").GetBoolean());
        Assert.Equal(("alerts@example.com", "[\"a@example.com\", \"b@example.com\"]"), (mail.GetProperty("from").GetString(), mail.GetProperty("to").GetRawText()));
        Assert.Equal(0, mail.GetProperty("defects").GetArrayLength());
        Assert.InRange(mail.GetProperty("longestLine").GetInt32(), 1, 78);
        var headers = mail.GetProperty("headers");
        Assert.Equal("Büro & <b>Söhne</b> 日本 reached 80 % of its budget", headers.GetProperty("Subject").GetString());
        Assert.Equal("SpendTracker <alerts@example.com>", headers.GetProperty("From").GetString());
        Assert.Equal("a@example.com, b@example.com", headers.GetProperty("To").GetString());
        Assert.Equal("<5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e3f@example.com>", headers.GetProperty("Message-Id").GetString());
        Assert.Equal("auto-generated", headers.GetProperty("Auto-Submitted").GetString());
        Assert.Equal("Sun, 22 Nov 2026 10:00:30 +0000", headers.GetProperty("Date").GetString());
        var plain = mail.GetProperty("plain").GetString()!;
        var html = mail.GetProperty("html").GetString()!;
        Assert.Contains("$812.50 of $1,000.00 (81.25 %) was spent in November 2026", plain, StringComparison.Ordinal);
        Assert.Contains("Acknowledge: https://spend.example.com/acknowledge?a=00000001-0000-0000-0000-000000000000&t=abc", plain, StringComparison.Ordinal);
        Assert.Contains("$812.50 of $1,000.00 (81.25 %) was spent in November 2026", html, StringComparison.Ordinal);
        Assert.Contains("B&#252;ro &amp; &lt;b&gt;S&#246;hne&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<td width=\"66%\" bgcolor=\"#b42318\"", html, StringComparison.Ordinal); // 812.50 of a forecast of 1,240.
        Assert.DoesNotContain("src=", html, StringComparison.OrdinalIgnoreCase); // Nothing is loaded from anywhere.
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Another_attempt_is_the_same_message_also_with_the_workbook_of_a_report()
    {
        var address = await StartAsync("starttls");
        var sender = new EmailSender(Trusting);
        await sender.SendAsync(address, Sending.Notice());
        await sender.SendAsync(address, Sending.Notice());
        Assert.Equal((await MailAsync()).GetRawText(), (await MailAsync()).GetRawText());

        var made = new ReportMade(
            "finance", "mail", "2026-10", "USD", 300, new Dictionary<string, decimal>(), new Dictionary<string, decimal>(), new Dictionary<string, decimal>(),
            "October 2026 cost $300.00.", [new("Spent", "$300.00", "no estimate"), new("Budget", "None", "")]);
        var page = new Uri("https://spend.example.com/report?month=2026-10");
        var notice = Sending.Notice(NoticeKind.Made, new NoticedAlert(Guid.NewGuid(), made, Sending.Noticed, null, null, page, null)) with
        {
            Files = [new("ai-spend-2026-10.xlsx", SheetFile.ExcelType, new byte[70_000])],
        };
        await sender.SendAsync(address, notice);
        await sender.SendAsync(address, notice);
        var (mail, again) = (await MailAsync(), await MailAsync());
        Assert.Equal(mail.GetRawText(), again.GetRawText());
        Assert.Equal($$"""[{"name": "ai-spend-2026-10.xlsx", "type": "{{SheetFile.ExcelType}}", "bytes": 70000}]""", mail.GetProperty("files").GetRawText());
        Assert.Equal((0, "AI spend in October 2026"), (mail.GetProperty("defects").GetArrayLength(), mail.GetProperty("headers").GetProperty("Subject").GetString()));
        Assert.InRange(mail.GetProperty("longestLine").GetInt32(), 1, 80); // The type of the file has no place to fold at.
        var plain = mail.GetProperty("plain").GetString()!.ReplaceLineEndings("\n");
        Assert.Contains("October 2026 cost $300.00.\n\nSpent: $300.00 (no estimate)\nBudget: None\n\nOpen: https://spend.example.com/report?month=2026-10", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_cannot_add_a_header_or_a_receiver()
    {
        var address = await StartAsync("starttls");
        const string Name = "Marketing\r\nBcc: evil@example.com\r\n\r\nBody\n.\nRCPT TO:<evil@example.com>";

        Assert.Equal(SendOutcome.Sent, await new EmailSender(Trusting).SendAsync(address, Sending.Notice(NoticeKind.Crossed, Sending.Alert(Name))));

        var mail = await MailAsync();
        Assert.False(mail.GetProperty("headers").TryGetProperty("Bcc", out _));
        Assert.Equal(2, mail.GetProperty("to").GetArrayLength());
        Assert.StartsWith("Marketing Bcc: evil@example.com Body . RCPT", mail.GetProperty("headers").GetProperty("Subject").GetString(), StringComparison.Ordinal);
        var outcome = await new EmailSender(Trusting).SendAsync(address with { To = ["a@example.com>\r\nRCPT TO:<evil@example.com"] }, Sending.Notice());
        Assert.StartsWith("The channel's to[0] cannot be used.", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_without_the_password()
    {
        var address = await StartAsync("starttls");
        var sender = new EmailSender(Trusting);

        Assert.Equal(
            $"localhost:{address.Port}: The server answered user and password with 535: 5.7.8 Authentication credentials invalid",
            (await sender.SendAsync(address with { Password = "wrong word" }, Sending.Notice())).Reason);
        Assert.Equal(
            "The server refuses nobody@refused.example.com (550 5.1.1 No such user)",
            (await sender.SendAsync(address with { To = ["nobody@refused.example.com"] }, Sending.Notice())).Reason);
        Assert.StartsWith($"No encrypted connection with localhost:{address.Port}: ", (await new EmailSender(Sending.Connection("localhost")).SendAsync(address, Sending.Notice())).Reason, StringComparison.Ordinal);
        Assert.Contains("RemoteCertificateNameMismatch", (await sender.SendAsync(address with { Server = "127.0.0.1" }, Sending.Notice())).Reason, StringComparison.Ordinal);
        Assert.Contains("loopback", (await new EmailSender(Sending.Connection()).SendAsync(address, Sending.Notice())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_refused_does_not_keep_the_others_from_an_alert_and_fails_a_test()
    {
        var address = await StartAsync("starttls");
        address = address with { To = ["a@example.com", "gone@refused.example.com"] };
        var sender = new EmailSender(Trusting);

        Assert.Equal("The server refuses gone@refused.example.com (550 5.1.1 No such user)", (await sender.SendAsync(address, Sending.Notice(NoticeKind.Test))).Reason);
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(address, Sending.Notice()));

        Assert.Contains("Not delivered to gone@refused.example.com (550 5.1.1 No such user).", (await MailAsync()).GetProperty("plain").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_encryption_hears_no_password_and_is_used_only_where_the_channel_says_so()
    {
        var address = await StartAsync("plain");

        Assert.Equal(
            $"localhost:{address.Port}: The server offers no encryption (STARTTLS), which this channel asks for.",
            (await new EmailSender(Trusting).SendAsync(address, Sending.Notice())).Reason);
        Assert.Contains("A password is sent only encrypted", (await new EmailSender(Trusting).SendAsync(address with { Tls = false }, Sending.Notice())).Reason, StringComparison.Ordinal);
        Assert.Equal(SendOutcome.Sent, await new EmailSender(Trusting).SendAsync(address with { Tls = false, User = null, Password = null }, Sending.Notice()));
        Assert.False((await MailAsync()).GetProperty("encrypted").GetBoolean());
    }

    [Fact]
    public async Task On_port_465_the_connection_begins_encrypted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Listening on port 465 needs root on Linux.");
        var address = await StartAsync("implicit", "127.0.4.65", 465);
        var connection = new OutgoingConnection(new AllowedHosts(["localhost"]), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.4.65")]), [_certificate]);

        Assert.Equal(SendOutcome.Sent, await new EmailSender(connection).SendAsync(address, Sending.Notice()));
        Assert.True((await MailAsync()).GetProperty("signedIn").GetBoolean());
    }

    [Theory]
    [InlineData("", " did not answer within 0.5 s.")]
    [InlineData("220-a\r\n220-b\r\n", " did not answer within 0.5 s.")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", " does not answer as a mail server: Unable to parse status code returned by the server.")]
    [InlineData("554 Go away\r\n", ": The server answered the connection with 554: Go away")]
    public async Task A_server_that_is_silent_or_none_is_left(string says, string reason)
    {
        await using var server = new TalkingPort(says);
        var address = Address(server.Port);
        var patience = TimeSpan.FromSeconds(reason.Contains("0.5 s", StringComparison.Ordinal) ? 0.5 : 10);
        Assert.Equal($"localhost:{address.Port}{reason}", (await new EmailSender(Trusting) { StepTimeout = patience }.SendAsync(address, Sending.Notice())).Reason);
    }

    private static EmailAddress Address(int port) => new("localhost", port, Tls: true, "alerts@example.com", ["a@example.com", "b@example.com"], "spend", "pass word");

    private async Task<EmailAddress> StartAsync(string mode, string address = "127.0.0.1", int port = 0)
    {
        var python = await ServerProgram.PythonAsync("aiosmtpd");
        Assert.SkipUnless(python is not null, "aiosmtpd (Debian: python3-aiosmtpd) is not installed.");
        var (certificate, key) = (Path.Combine(_folder, "certificate.pem"), Path.Combine(_folder, "key.pem"));
        await File.WriteAllTextAsync(certificate, _certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(key, _certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        _server = ServerProgram.Start(python, ServerProgram.Script("mail_server.py"), certificate, key, mode, address, $"{port}");
        return Address(int.Parse(await _server.LineAsync(), System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task<JsonElement> MailAsync() => JsonSerializer.Deserialize<JsonElement>(await _server!.LineAsync());
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>Conversations that a well-behaved server does not have: what is said to it, and what is told of it.</summary>
public sealed class MailSessionTests : IDisposable
{
    private const string Password = "pass-word";

    private static readonly string PlainText = Base64($"\0spend\0{Password}");

    private readonly X509Certificate2 _certificate = Sending.Certificate();

    private OutgoingConnection Trusting => new(new AllowedHosts(["localhost", "127.0.0.1"]), Dns.GetHostAddressesAsync, [_certificate]);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Text_that_is_slipped_in_before_the_encryption_counts_for_nothing()
    {
        await using var server = new ScriptedMailServer(_certificate) { Extensions = ["AUTH PLAIN"], SlippedIn = "250-injected\r\n250 AUTH LOGIN" };

        Assert.Equal(SendOutcome.Sent, await SendAsync(server));
        Assert.Contains($"AUTH PLAIN {PlainText}", server.Commands);
        Assert.DoesNotContain("AUTH LOGIN", server.Commands);
    }

    [Theory]
    [InlineData("AUTH LOGIN PLAIN")]
    [InlineData("auth=plain login")]
    public async Task A_wrong_password_is_tried_once_and_not_told(string offered)
    {
        await using var server = new ScriptedMailServer(_certificate)
        {
            Extensions = [offered], Answer = command => command.StartsWith("AUTH", StringComparison.Ordinal) ? $"535 {Password} or {PlainText} is wrong" : null,
        };

        Assert.Equal($"localhost:{server.Port}: The server answered user and password with 535: … or … is wrong", (await SendAsync(server)).Reason);
        Assert.Single(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_knows_LOGIN_only_gets_user_and_password_one_after_the_other()
    {
        await using var server = new ScriptedMailServer(_certificate)
        {
            Extensions = ["AUTH login"],
            Answer = command => command == "AUTH LOGIN" ? "334 VXNlcm5hbWU6" : command == Base64("spend") ? "334 UGFzc3dvcmQ6" : command == Base64(Password) ? "235 welcome" : null,
        };

        Assert.Equal(SendOutcome.Sent, await SendAsync(server));
        Assert.Contains(Base64(Password), server.Commands);
    }

    [Fact]
    public async Task Where_the_server_proves_that_it_knows_the_password_it_does_not_hear_it()
    {
        await using var server = new ScriptedMailServer(_certificate)
        {
            Extensions = ["AUTH PLAIN CRAM-MD5"],
            Answer = command => command == "AUTH CRAM-MD5" ? $"334 {Base64("<1@mail.test>")}" : command.StartsWith("c3BlbmQg", StringComparison.Ordinal) ? "235 welcome" : null,
        };

        Assert.Equal(SendOutcome.Sent, await SendAsync(server));
        Assert.DoesNotContain(server.Commands, command => command.Contains(Base64(Password), StringComparison.Ordinal) || command.Contains("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "takes no user and password")]
    [InlineData("AUTH NTLM XOAUTH2", "takes no user and password")]
    public async Task A_server_that_takes_no_password_is_told_none(string offered, string reason)
    {
        await using var server = new ScriptedMailServer(_certificate) { Extensions = offered.Length == 0 ? [] : [offered] };

        Assert.Contains(reason, (await SendAsync(server)).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    public async Task Without_user_and_password_nobody_signs_in(string? user, string? password)
    {
        await using var server = new ScriptedMailServer(_certificate) { Extensions = ["AUTH PLAIN"] };

        Assert.Equal(SendOutcome.Sent, await SendAsync(server, address => address with { User = user, Password = password }));
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.Equal("EHLO [127.0.0.1]", server.Commands[0]); // Not the name of this host.
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("SIZE 1000000")]
    [InlineData("CHUNKING")]
    [InlineData("BINARYMIME")]
    public async Task Whatever_else_the_server_can_do_those_who_are_refused_are_told_of_and_the_others_get_the_mail(string extension)
    {
        await using var server = new ScriptedMailServer { Extensions = [extension, "8BITMIME", "DSN"], Answer = Refuses("gone@example.com") };
        EmailAddress Three(EmailAddress address) => Plain(address) with { To = ["a@example.com", "gone@example.com", "b@example.com"] };

        Assert.Equal("The server refuses gone@example.com (550 5.1.1 No such user)", (await SendAsync(server, Three, NoticeKind.Test)).Reason);
        Assert.DoesNotContain("DATA", server.Commands);
        Assert.Equal(SendOutcome.Sent, await SendAsync(server, Three));
        Assert.Single(server.Commands, "DATA");
        Assert.Contains("Not delivered to gone@example.com (550 5.1.1 No such user).", PlainOf(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_receivers_who_are_all_refused_each_is_told_with_its_reason()
    {
        await using var server = new ScriptedMailServer { Extensions = ["PIPELINING"], Answer = Refuses("example.com") };

        Assert.Equal(
            "The server refuses a@example.com (550 5.1.1 No such user), b@example.com (550 5.1.1 No such user)",
            (await SendAsync(server, address => Plain(address) with { From = "alerts@example.org" })).Reason);
    }

    [Theory]
    [InlineData("MAIL", "the sender alerts@example.com", "")]
    [InlineData("MAIL", "the sender alerts@example.com", "PIPELINING")]
    [InlineData("DATA", "the message", "")]
    [InlineData("EHLO", "the connection", "")]
    public async Task What_the_server_does_not_take_is_named(string command, string named, string extension)
    {
        await using var server = new ScriptedMailServer
        {
            Extensions = [extension], Answer = said => said.StartsWith(command, StringComparison.Ordinal) || (command == "EHLO" && said.StartsWith("HELO", StringComparison.Ordinal)) ? "552-5.7.0 Not\r\n552 here" : null,
        };

        Assert.Equal($"localhost:{server.Port}: The server answered {named} with 552: 5.7.0 Not here", (await SendAsync(server, Plain)).Reason);
    }

    [Fact]
    public async Task A_server_that_never_stops_talking_is_left()
    {
        await using var server = new ScriptedMailServer { Answer = _ => string.Concat(Enumerable.Repeat($"250-{new string('x', 1_000)}\r\n", 1_000)) };

        Assert.Equal($"localhost:{server.Port} does not answer as a mail server: It says more than 256 KiB.", (await SendAsync(server, Plain)).Reason);
    }

    [Fact]
    public async Task Whoever_drips_a_reply_is_left_after_the_time_of_one_step()
    {
        await using var server = new TalkingPort("220-x\r\n", drips: true);

        Assert.Equal(
            $"localhost:{server.Port} did not answer within 0.5 s.",
            (await new EmailSender(Trusting) { StepTimeout = TimeSpan.FromSeconds(0.5), Timeout = TimeSpan.FromMinutes(5) }.SendAsync(Plain(Address(server.Port)), Sending.Notice())).Reason);
    }

    [Theory]
    [InlineData("o'neil+1@sub.example.com", "o'neil+1@sub.example.com")]
    [InlineData("two..dots@example.com", "two..dots@example.com")]
    [InlineData("last.@example.com", "last.@example.com")]
    [InlineData(".first@example.com", "\".first\"@example.com")]
    [InlineData("a@xn--bcher-kva.example", "a@xn--bcher-kva.example")]
    public async Task Every_mailbox_that_a_channel_may_have_is_sent_to_in_ASCII(string mailbox, string told)
    {
        await using var server = new ScriptedMailServer { Extensions = ["SMTPUTF8", "8BITMIME"] };

        Assert.Empty(ChannelAddressRules.Check(Plain(Address(25)) with { To = [mailbox], From = mailbox }));
        Assert.Equal(SendOutcome.Sent, await SendAsync(server, address => Plain(address) with { To = [mailbox], From = mailbox }));
        Assert.Contains($"MAIL FROM:<{told}>", server.Commands.Select(command => command.Replace(" BODY=8BITMIME", "", StringComparison.Ordinal)));
        Assert.Contains($"RCPT TO:<{told}>", server.Commands);
        Assert.Contains($"To: {told}", server.Commands);
        Assert.All(server.Commands, line => Assert.True(Ascii.IsValid(line), line));
    }

    [Fact]
    public async Task A_name_that_looks_like_an_encoded_word_is_not_decoded()
    {
        const string Name = "=?utf-8?B?RnJlZSBtb25leQ==?=";
        await using var server = new ScriptedMailServer();

        await SendAsync(server, Plain, name: Name);

        var subject = server.Commands.SkipWhile(line => !line.StartsWith("Subject:", StringComparison.Ordinal)).ToArray();
        var words = subject.Skip(1).TakeWhile(line => line.StartsWith(' ')).Prepend(subject[0]["Subject:".Length..]).Select(line => line.Trim()["=?utf-8?B?".Length..^2]);
        Assert.StartsWith(Name, string.Concat(words.Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word)))), StringComparison.Ordinal);
    }

    private static EmailAddress Address(int port) =>
        new("localhost", port, Tls: true, "alerts@example.com", ["a@example.com", "b@example.com"], "spend", Password);

    private static EmailAddress Plain(EmailAddress address) => address with { Tls = false, User = null, Password = null };

    private static Func<string, string?> Refuses(string mailbox) =>
        command => command.StartsWith("RCPT", StringComparison.Ordinal) && command.Contains(mailbox, StringComparison.Ordinal) ? "550 5.1.1 No such user" : null;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>The first part of a mail that the server took.</summary>
    private static string PlainOf(ScriptedMailServer server)
    {
        var part = server.Commands.SkipWhile(line => !line.StartsWith("Content-Type: text/plain", StringComparison.Ordinal)).SkipWhile(line => line.Length > 0).Skip(1);
        return Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(part.TakeWhile(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)))));
    }

    private Task<SendOutcome> SendAsync(ScriptedMailServer server, Func<EmailAddress, EmailAddress>? change = null, NoticeKind kind = NoticeKind.Crossed, string name = "Marketing") =>
        new EmailSender(Trusting).SendAsync(change?.Invoke(Address(server.Port)) ?? Address(server.Port), Sending.Notice(kind, Sending.Alert(name)));
}

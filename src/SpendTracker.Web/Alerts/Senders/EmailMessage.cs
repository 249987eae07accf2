using System.Text;
using MimeKit;
using MimeKit.Text;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// An alert as an e-mail: plain text, and HTML beside it. Only ASCII goes over the line, so that the server needs no SMTP
/// extension. Source: RFC 5322, 2045 to 2047, 3834.
/// </summary>
internal static class EmailMessage
{
    /// <summary>Longer subjects wrap in every list of mails.</summary>
    private const int SubjectLength = 150;

    /// <summary>A line with an encoded word has at most 76 characters: 9 of the header's name, 12 around the word, 52 of Base64.</summary>
    private const int WordBytes = 39;

    /// <summary>Two dots side by side, and one before the @, are sent as they were entered. Real mailboxes have both.</summary>
    private static readonly ParserOptions Lenient = LenientOptions();

    /// <summary>The same notice gives the same message, so that a server or reader can drop a second copy.</summary>
    public static MimeMessage Of(EmailAddress email, AlertNotice notice)
    {
        var domain = email.From[(email.From.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var sender = Mailbox(email.From);
        sender.Name = "SpendTracker";
        var message = new MimeMessage { Date = notice.At, MessageId = $"{notice.Id}@{domain}", Body = Body(notice, []) };
        message.From.Add(sender);
        message.To.AddRange(email.To.Select(Mailbox));
        message.Headers.Replace(Subject(ShownText.Line(AlertText.Of(notice).Subject, SubjectLength)));
        if (notice.Alerts is [var alert])
        {
            message.References.Add($"alert.{alert.Id}@{domain}"); // All messages about one alert are one conversation.
        }

        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        return message;
    }

    /// <param name="unreached">The receivers that the server refused; the other receivers read of them.</param>
    public static MimeEntity Body(AlertNotice notice, IReadOnlyList<string> unreached)
    {
        var text = AlertText.Of(notice);
        if (unreached.Count > 0)
        {
            text = text with { Closing = $"{text.Closing} Not delivered to {string.Join(", ", unreached)}.".TrimStart() };
        }

        var body = new MultipartAlternative(Part(TextFormat.Plain, Plain(text)), Part(TextFormat.Html, EmailHtml.Of(text))) { Boundary = $"alert-{notice.Id:n}" };
        return notice.Files.Count == 0 ? body : new Multipart("mixed", [body, .. notice.Files.Select(Attachment)]) { Boundary = $"files-{notice.Id:n}" };
    }

    private static MimePart Attachment(NoticeFile file) => new(ContentType.Parse(file.ContentType))
    {
        Content = new MimeContent(new MemoryStream(file.Content.ToArray())), ContentDisposition = new ContentDisposition(ContentDisposition.Attachment),
        ContentTransferEncoding = ContentEncoding.Base64, FileName = file.Name,
    };

    private static ParserOptions LenientOptions()
    {
        var options = ParserOptions.Default.Clone();
        options.AddressParserComplianceMode = RfcComplianceMode.Looser;
        return options;
    }

    /// <param name="address">As the rules for channels let it be: ASCII, and no quotes.</param>
    private static MailboxAddress Mailbox(string address)
    {
        if (MailboxAddress.TryParse(Lenient, address, out var mailbox))
        {
            return mailbox;
        }

        // What is before the @ begins with a dot. RFC 5321 has such a name in quotes; it means the same.
        var at = address.IndexOf('@', StringComparison.Ordinal);
        return new MailboxAddress(null, $"\"{address[..at]}\"{address[at..]}");
    }

    private static TextPart Part(TextFormat format, string text)
    {
        var part = new TextPart(format) { ContentTransferEncoding = ContentEncoding.Base64 };
        part.SetText(Encoding.UTF8, text);
        return part;
    }

    /// <summary>
    /// A subject in encoded words only. MimeKit sends the text of an encoded word as it is, so that a budget's name could be
    /// read as another text than the name.
    /// </summary>
    private static Header Subject(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > WordBytes)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            word.Append(rune.ToString());
        }

        words.Add(word.ToString());
        var encoded = words.Select(part => $" =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part))}?=\r\n");
        var header = new Header(HeaderId.Subject, "");
        header.SetRawValue(Encoding.ASCII.GetBytes(string.Concat(encoded)));
        return header;
    }

    private static string Plain(AlertText text)
    {
        List<string> lines = [];
        if (text.Opening is not null)
        {
            lines.AddRange([text.Opening, ""]);
        }

        foreach (var alert in text.Alerts)
        {
            lines.AddRange([alert.Title, "", alert.Sentences, "", .. alert.Facts.Select(fact => $"{fact.Label}: {fact.Value}"), ""]);
            lines.AddRange([.. alert.Links.Select(link => $"{link.Label}: {link.Url}"), "", ""]);
        }

        return string.Join("\r\n", lines.Append(text.Closing ?? "")).TrimEnd() + "\r\n";
    }
}

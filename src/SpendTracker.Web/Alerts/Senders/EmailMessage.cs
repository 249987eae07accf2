using System.Globalization;
using System.Text;
using SpendTracker.Alerts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// An alert as an e-mail: plain text, and HTML beside it. Only ASCII goes over the line, in lines of at most 76 characters, so
/// that no server needs to know more than SMTP has always had. Source: RFC 5322, 2045 to 2047, 3834.
/// </summary>
internal static class EmailMessage
{
    /// <summary>Longer ones wrap in every list of mails.</summary>
    private const int SubjectLength = 150;

    /// <summary>A line with an encoded word has at most 76 characters: 9 of the header's name, 12 around the word, 52 of Base64.</summary>
    private const int WordBytes = 39;

    /// <param name="unreached">The receivers that the server refused; the others read of it.</param>
    public static byte[] Bytes(EmailAddress email, AlertNotice notice, IReadOnlyList<string> unreached)
    {
        var text = AlertText.Of(notice);
        if (unreached.Count > 0)
        {
            text = text with { Closing = $"{text.Closing} Not delivered to {string.Join(", ", unreached)}.".TrimStart() };
        }

        var domain = email.From[(email.From.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var boundary = $"alert-{notice.Id:n}";
        var message = new StringBuilder();
        Header(message, "From", $"SpendTracker <{email.From}>");
        Header(message, "To", string.Join(",\r\n ", email.To));
        Header(message, "Subject", Words(ShownText.Line(text.Subject, SubjectLength)));
        Header(message, "Date", notice.At.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + notice.At.ToString(" zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal));

        // Of the notice, so that an attempt whose success was not heard of is the same message again.
        Header(message, "Message-ID", $"<{notice.Id}@{domain}>");
        if (notice.Alerts is [var alert])
        {
            Header(message, "References", $"<alert.{alert.Id}@{domain}>"); // All that is told of one alert is one conversation.
        }

        Header(message, "Auto-Submitted", "auto-generated");
        Header(message, "X-Auto-Response-Suppress", "All");
        Header(message, "MIME-Version", "1.0");
        Header(message, "Content-Type", $"multipart/alternative;\r\n boundary=\"{boundary}\"");
        Part(message, boundary, "text/plain", Plain(text));
        Part(message, boundary, "text/html", EmailHtml.Of(text));
        message.Append("\r\n--").Append(boundary).Append("--\r\n");
        return Encoding.ASCII.GetBytes(message.ToString());
    }

    private static void Header(StringBuilder message, string name, string value) => message.Append(name).Append(": ").Append(value).Append("\r\n");

    private static void Part(StringBuilder message, string boundary, string type, string text) => message
        .Append("\r\n--").Append(boundary).Append("\r\nContent-Type: ").Append(type).Append("; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        .Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks)).Append("\r\n");

    /// <summary>A subject is encoded always: no character of it can be more than a character of a subject.</summary>
    private static string Words(string text)
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
        return string.Join("\r\n ", words.Select(part => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part))}?="));
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

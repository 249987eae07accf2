using System.Globalization;
using System.Net;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// The HTML of an e-mail. Its chart is made of table cells: every mail client draws those, where pictures are blocked until
/// somebody asks for them. Nothing is loaded from anywhere.
/// </summary>
internal static class EmailHtml
{
    public static string Of(AlertText text)
    {
        var html = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"></head>")
            .Append("<body style=\"font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.45;color:#1f2933;background:#ffffff\"><div style=\"max-width:600px\">");
        Paragraph(html, text.Opening);
        foreach (var alert in text.Alerts)
        {
            html.Append("<h2 style=\"font-size:18px;margin:24px 0 8px\">").Append(Encoded(alert.Title)).Append("</h2>");
            Paragraph(html, alert.Sentences);
            if (alert.Alert.Raised is BudgetThresholdCrossed crossed)
            {
                Chart(html, crossed);
            }

            html.Append("<table style=\"margin:8px 0;font-size:14px\">");
            foreach (var fact in alert.Facts)
            {
                html.Append("<tr><th align=\"left\" valign=\"top\" style=\"padding-right:16px\">").Append(Encoded(fact.Label)).Append("</th><td>").Append(Encoded(fact.Value)).Append("</td></tr>");
            }

            html.Append("</table><p>");
            foreach (var link in alert.Links)
            {
                html.Append("<a style=\"margin-right:16px\" href=\"").Append(Encoded(link.Url)).Append("\">").Append(link.Label).Append("</a>");
            }

            html.Append("</p>");
        }

        Paragraph(html, text.Closing);
        return html.Append("</div></body></html>").ToString();
    }

    /// <summary>Bars on one scale: what was spent, what is forecast, and the budget.</summary>
    private static void Chart(StringBuilder html, BudgetThresholdCrossed crossed)
    {
        (string Label, decimal? Amount, string Colour)[] bars =
            [("Spent", crossed.Spent, "#b42318"), ("Forecast", crossed.Forecast, "#b76e00"), ("Budget", crossed.Limit, "#52606d")];
        var longest = bars.Max(bar => bar.Amount ?? 0);
        if (longest <= 0)
        {
            return;
        }

        html.Append("<table width=\"100%\" cellpadding=\"0\" cellspacing=\"4\" style=\"font-size:13px\">");
        foreach (var (label, amount, colour) in bars)
        {
            if (amount is { } value)
            {
                // A width is a label, not an amount: whole percents are as fine as a screen shows.
                var width = (int)Math.Clamp(Math.Round(value / longest * 100), 0, 100);
                var cells = string.Concat(Cell(width, colour), Cell(100 - width, "#e4e7eb"));
                html.Append("<tr><td width=\"70\">").Append(label).Append("</td><td><table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" role=\"presentation\"><tr>")
                    .Append(cells).Append("</tr></table></td><td width=\"110\" align=\"right\">").Append(Encoded(Money.Text(value, crossed.Currency))).Append("</td></tr>");
            }
        }

        html.Append("</table>");
    }

    private static string Cell(int width, string colour) => width == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"<td width=\"{width}%\" bgcolor=\"{colour}\" style=\"font-size:12px;line-height:12px\">&nbsp;</td>");

    private static void Paragraph(StringBuilder html, string? text)
    {
        if (text is not null)
        {
            html.Append("<p style=\"margin:8px 0\">").Append(Encoded(text)).Append("</p>");
        }
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}

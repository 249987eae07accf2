using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SpendTracker.Web.Requests;

/// <summary>A page that is sent whole, for people who are not signed in or find the host full: a message, and perhaps a form with a token that a script takes from behind the <c>#</c>.</summary>
internal static class PlainPage
{
    /// <param name="context">Of the request that the page answers.</param>
    /// <param name="title">Of the page.</param>
    /// <param name="message">Said to the reader; any text.</param>
    /// <param name="path">Where the form is posted to. The page's script has the same name. Null for a message alone.</param>
    /// <param name="button">What the form's button says; null where the script posts it.</param>
    /// <param name="link">Where the reader can go on, and what the link says.</param>
    /// <param name="small">In small letters below; any text.</param>
    public static ContentHttpResult Of(
        HttpContext context, string title, string message, string? path, string? button, int status = StatusCodes.Status200OK, (string Address, string Text)? link = null,
        string? small = null) => TypedResults.Text(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title} – SpendTracker</title>
          <link rel="icon" href="/favicon.svg" />
          <link rel="stylesheet" href="/sign-in.css" nonce="{AnswerHeaders.NonceOf(context)}" />
          {(path is null ? "" : $"<script nonce=\"{AnswerHeaders.NonceOf(context)}\" src=\"{path}.js\" defer></script>")}
        </head>
        <body>
          <main>
            <h1>SpendTracker</h1>
            <p id="message" role="{(status < 400 ? "status" : "alert")}">{HtmlEncoder.Default.Encode(message)}</p>
            {(path is null ? "" : Form(path, button))}
            {(link is not { } next ? "" : $"<a href=\"{HtmlEncoder.Default.Encode(next.Address)}\">{next.Text}</a>")}
            {(small is null ? "" : $"<small>{HtmlEncoder.Default.Encode(small)}</small>")}
          </main>
        </body>
        </html>
        """,
        "text/html; charset=utf-8", statusCode: status);

    private static string Form(string path, string? button) =>
        $"""
        <form method="post" action="{path}" hidden>
          <input type="hidden" name="token" />
          {(button is null ? "" : $"<button type=\"submit\">{button}</button>")}
        </form>
        """;
}

using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SpendTracker.Access;
using SpendTracker.Events;

namespace SpendTracker.Web.Access;

/// <summary>
/// Ends sessions when the identity provider says so, because the person signed out there or was disabled: OpenID Connect Back-Channel
/// Logout 1.0. A token that names a session of the provider's ends what that session began; one that names a person alone, all of the
/// person. Whoever sends the provider's signed token is let in, and nobody else.
/// </summary>
internal sealed class ProviderLogout(IOptionsMonitor<OpenIdConnectOptions> options, People people, ProviderSessions sessions, TimeProvider clock) : IDisposable
{
    public const string Path = "/sign-in/provider-logout";

    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>How old a token may be, and how far the provider's clock may be off.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(2);

    private static readonly Recorder Recorder = new("host:openid-connect");

    /// <summary>Whoever sends tokens that nobody signed must not have the provider asked for its keys each time.</summary>
    private readonly TokenBucketRateLimiter _refreshes = new(new() { TokenLimit = 10, TokensPerPeriod = 10, ReplenishmentPeriod = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    /// <summary>200: the sessions have ended, or there were none. 400: the token is not one that ends sessions.</summary>
    public async Task<IResult> EndAsync(HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var sent = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(cancellation))["logout_token"].ToString() : "";
        var (token, why) = await ReadAsync(sent, cancellation);
        if (token is null)
        {
            return TypedResults.Problem($"This is not a logout token of the identity provider: {why}", statusCode: StatusCodes.Status400BadRequest);
        }

        await EndAsync(token, Recorder with { From = Remote.Of(context) }, cancellation);
        await sessions.NoteUsedAsync(token.Issuer, token.Id, 3 * MostSkew, cancellation); // Last: if it could not be done, the same token may come again.
        return TypedResults.Ok();
    }

    private async Task EndAsync(JsonWebToken token, Recorder recorder, CancellationToken cancellationToken)
    {
        var person = string.IsNullOrEmpty(token.Subject) ? null : await people.IdAtProviderAsync(token.Issuer, token.Subject, cancellationToken);
        if (SessionOf(token) is { } session && (person is not null || string.IsNullOrEmpty(token.Subject))
            && await sessions.EndAsync(token.Issuer, session, person, recorder, cancellationToken) > 0)
        {
            return;
        }

        if (person is not null)
        {
            await people.EndSessionsAsync(person, recorder, cancellationToken); // Also if the provider's session is not known here: rather too many than one that goes on.
        }
    }

    private static string? SessionOf(JsonWebToken token) => token.TryGetPayloadValue<string>("sid", out var session) && session.Length > 0 ? session : null;

    /// <summary>The token, if it verifies; or why it does not.</summary>
    private async Task<(JsonWebToken? Token, string Why)> ReadAsync(string sent, CancellationToken cancellationToken)
    {
        var result = await ValidateAsync(sent, cancellationToken);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && MayRefresh())
        {
            Options.ConfigurationManager!.RequestRefresh(); // The provider may have a new key.
            result = await ValidateAsync(sent, cancellationToken);
        }

        if (!result.IsValid)
        {
            return (null, "its signature, issuer, audience or time is wrong.");
        }

        var token = (JsonWebToken)result.SecurityToken;
        return token.Typ is not (null or "" or "JWT" or "logout+jwt") ? (null, "it is of another type.")
            : !token.TryGetPayloadValue<JsonElement>("events", out var events) || events.ValueKind != JsonValueKind.Object
                || !events.TryGetProperty(Event, out var ended) || ended.ValueKind != JsonValueKind.Object ? (null, "it tells of no logout.")
            : token.TryGetPayloadValue<object>("nonce", out _) ? (null, "it has a nonce.")
            : string.IsNullOrEmpty(token.Subject) && SessionOf(token) is null ? (null, "it names neither a subject nor a session.")
            : string.IsNullOrEmpty(token.Id) ? (null, "it has no id.")
            : (clock.GetUtcNow() - new DateTimeOffset(token.IssuedAt, TimeSpan.Zero)).Duration() > MostSkew ? (null, "it was not issued just now.")
            : await sessions.IsUsedAsync(token.Issuer, token.Id, cancellationToken) ? (null, "it was used already.")
            : (token, "");
    }

    private async Task<TokenValidationResult> ValidateAsync(string sent, CancellationToken cancellationToken)
    {
        var provider = await Options.ConfigurationManager!.GetConfigurationAsync(cancellationToken);
        return await new JsonWebTokenHandler().ValidateTokenAsync(sent, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer, ValidAudience = Options.ClientId, IssuerSigningKeys = provider.SigningKeys, ClockSkew = MostSkew, RequireExpirationTime = false,
        });
    }

    private bool MayRefresh()
    {
        using var lease = _refreshes.AttemptAcquire();
        return lease.IsAcquired;
    }

    public void Dispose() => _refreshes.Dispose();

    private OpenIdConnectOptions Options => options.Get(OpenIdConnectDefaults.AuthenticationScheme);
}

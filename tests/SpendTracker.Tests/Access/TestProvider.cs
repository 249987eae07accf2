using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace SpendTracker.Tests.Access;

/// <summary>A real identity provider, OpenIddict, on a port of this machine. It signs in whom it is told, without a page of its own.</summary>
public sealed class TestProvider : IAsyncLifetime
{
    public const string ClientId = "spendtracker";
    public const string ClientSecret = "a-secret-of-the-tests";
    public const string AssistantAudience = "https://spend.example.com/mcp";

    private WebApplication _app = null!;

    public string Address => _app.Urls.First();

    /// <summary>Who signs in next.</summary>
    public string Subject { get; set; } = "";

    /// <summary>Null: the token has no such claim.</summary>
    public string[]? Groups { get; set; }

    /// <summary>More of the token than OpenIddict puts there by itself.</summary>
    public Dictionary<string, JsonElement> More { get; } = [];

    /// <summary>What is done to an ID token before it is signed.</summary>
    public Action<SecurityTokenDescriptor>? Spoil { get; set; }

    /// <summary>Paths that do not answer.</summary>
    public string? AwayAt { get; set; }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.AddEphemeralEncryptionKey().AddSigningKey(NewKey()).EnableDegradedMode();
            server.RegisterScopes(Scopes.Profile, Scopes.Email).UseAspNetCore().DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                Refuse(context, context.ClientId != ClientId);
                return default;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                Refuse(context, context.ClientId != ClientId || context.ClientSecret != ClientSecret);
                return default;
            }));
            server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                context.Principal = Principal(context.Request.GetScopes());
                return default;
            }));
            server.AddEventHandler<GenerateTokenContext>(handler => handler.SetOrder(OpenIddictServerHandlers.Protection.GenerateIdentityModelToken.Descriptor.Order - 1).UseInlineHandler(context =>
            {
                if (context.TokenType == TokenTypeIdentifiers.IdentityToken)
                {
                    Spoil?.Invoke(context.SecurityTokenDescriptor);
                }

                return default;
            }));
        });
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            if (AwayAt is { } away && context.Request.Path.StartsWithSegments(away))
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return next(context);
        });
        _app.UseAuthentication();
        await _app.StartAsync(CancellationToken.None);
    }

    /// <summary>A token that ends the sessions of a person, as a provider posts it.</summary>
    /// <param name="spoil">What is done to it before it is signed.</param>
    public string LogoutToken(string subject, Action<SecurityTokenDescriptor>? spoil = null)
    {
        var now = DateTime.UtcNow;
        var token = new SecurityTokenDescriptor
        {
            Issuer = $"{Address}/", Audience = ClientId, TokenType = "logout+jwt", IssuedAt = now, Expires = now.AddMinutes(2), SigningCredentials = SigningCredentials[0],
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject, ["jti"] = Guid.NewGuid().ToString(),
                ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
            },
        };
        spoil?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>An access token for assistants.</summary>
    /// <param name="spoil">What is done to it before it is signed.</param>
    public string AccessToken(string subject, Action<SecurityTokenDescriptor>? spoil = null)
    {
        var now = DateTime.UtcNow;
        var token = new SecurityTokenDescriptor
        {
            Issuer = $"{Address}/", Audience = AssistantAudience, TokenType = "at+jwt", IssuedAt = now, NotBefore = now, Expires = now.AddMinutes(5), SigningCredentials = SigningCredentials[0],
            Claims = new Dictionary<string, object> { ["sub"] = subject },
        };
        spoil?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private List<SigningCredentials> SigningCredentials => _app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue.SigningCredentials;

    /// <summary>Signs with another key from now on, and names that one alone.</summary>
    public void Rotate()
    {
        SigningCredentials.Clear();
        SigningCredentials.Add(new SigningCredentials(NewKey(), SecurityAlgorithms.RsaSha256));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    internal static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("n") };

    private static void Refuse(BaseValidatingContext context, bool isWrong)
    {
        if (isWrong)
        {
            context.Reject(Errors.InvalidClient, "Not a client of the tests.");
        }
    }

    private ClaimsPrincipal Principal(ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity("provider");
        identity.SetClaim(Claims.Subject, Subject).SetClaim(Claims.Name, $"{Subject} Doe").SetClaim(Claims.Email, $"{Subject}@example.com");
        if (Groups is { } groups)
        {
            identity.SetClaims("groups", [.. groups]);
        }

        foreach (var (name, value) in More)
        {
            identity.SetClaim(name, value);
        }

        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        return principal;
    }
}

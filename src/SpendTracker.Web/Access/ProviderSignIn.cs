using System.Diagnostics;
using System.Globalization;
using System.IdentityModel.Tokens.Jwt;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>Why a sign-in by the provider did not work, for the person who tried.</summary>
/// <param name="Title">For the log, too.</param>
internal sealed record SignInFault(string Title, string Text, int Status = StatusCodes.Status403Forbidden);

/// <summary>A token that verifies, and does not let its person in.</summary>
internal sealed class SignInFaultException(SignInFault fault) : Exception(fault.Title)
{
    public SignInFault Fault => fault;
}

/// <summary>
/// Signs people in by an identity provider: OpenID Connect's code flow with PKCE. What ends well begins a session like that of a
/// link; what does not is a page that says why. A session is begun by the last step alone, so nobody is half signed in.
/// </summary>
internal static partial class ProviderSignIn
{
    private const string CallbackPath = "/sign-in/callback";
    private const string EntraSources = "_claim_names";

    /// <summary>How far the provider's clock may be off.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Recorder Recorder = new("host:openid-connect");

    public static void AddProviderSignIn(this IServiceCollection services, OpenIdConnectSettings settings)
    {
        if (!settings.IsSet)
        {
            return;
        }

        services.AddSingleton<ProviderLogout>();
        services.AddAuthentication().AddOpenIdConnect(options =>
        {
            (options.Authority, options.ClientId, options.ClientSecret) = (settings.Authority, settings.ClientId, settings.ClientSecret);
            options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            (options.ResponseType, options.UsePkce, options.CallbackPath) = (OpenIdConnectResponseType.Code, true, CallbackPath);
            options.ResponseMode = OpenIdConnectResponseMode.Query; // A form that another site posts here would come without cookies, and be refused.
            options.Scope.Clear();
            foreach (var scope in settings.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                options.Scope.Add(scope);
            }

            (options.MapInboundClaims, options.SaveTokens, options.DisableTelemetry) = (false, false, true);
            options.TokenValidationParameters.ClockSkew = MostSkew;
            options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
            options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.RequireHttpsMetadata = settings.Authority!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            options.Backchannel = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = 4 * 1024 * 1024 };
            options.Events.OnTokenValidated = context => CheckAsync(context, settings);
            options.Events.OnTicketReceived = context => SignInAsync(context, settings);
            options.Events.OnRemoteFailure = context => RefuseAsync(context, settings);
        });
        services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme).Configure<TimeProvider>((options, clock) => options.ConfigurationManager = new ProviderConfiguration(
            $"{settings.Authority!.TrimEnd('/')}/.well-known/openid-configuration", new HttpDocumentRetriever(options.Backchannel) { RequireHttps = options.RequireHttpsMetadata }, clock));
    }

    /// <summary>Leads to the provider, and back to the page that was asked for.</summary>
    public static async Task BeginAsync(HttpContext context, OpenIdConnectSettings settings)
    {
        try
        {
            await context.ChallengeAsync(
                OpenIdConnectDefaults.AuthenticationScheme, new AuthenticationProperties { RedirectUri = SignIn.Local(context.Request.Query[SignIn.Asked]) });
        }
        catch (Exception fault) when (IsAway(fault) && !context.RequestAborted.IsCancellationRequested)
        {
            await AnswerAsync(context, settings, Away, fault);
        }
    }

    /// <summary>Whether the provider did not answer, or not with what was asked for.</summary>
    public static bool IsAway(Exception fault) => fault is HttpRequestException or IOException or SocketException or OperationCanceledException
        || (fault is InvalidOperationException or ArgumentException && fault.InnerException is { } inner && IsAway(inner));

    private static SignInFault Away => new(
        "The identity provider is away", "The identity provider cannot be reached, or does not answer as it should. Try again in a minute.", StatusCodes.Status503ServiceUnavailable);

    /// <summary>Checks what the library does not: the signature, which the protocol leaves open for tokens that come directly; the time of issue; the groups.</summary>
    private static Task CheckAsync(TokenValidatedContext context, OpenIdConnectSettings settings)
    {
        var token = context.SecurityToken;
        var clock = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
        var groups = token.Claims.Where(claim => claim.Type == settings.GroupClaim).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        var fault = string.IsNullOrEmpty(token.RawSignature) ? NotVerified("it has no signature")
            : string.IsNullOrEmpty(token.Subject) ? NotVerified("it names no subject")
            : (clock.GetUtcNow() - token.IssuedAt).Duration() > MostSkew ? ClockOff(clock.GetUtcNow() - token.IssuedAt)
            : null;
        if (fault is not null)
        {
            context.Fail(new SignInFaultException(fault));
            return Task.CompletedTask;
        }

        var hasTooMany = token.Payload.TryGetValue(EntraSources, out var sources) && $"{sources}".Contains($"\"{settings.GroupClaim}\"", StringComparison.Ordinal);
        context.HttpContext.Items[typeof(Met)] = new Met(
            new ProviderIdentity(token.Issuer, token.Subject, NameOf(token), Text(token, "email")),
            groups.Count == 0 ? null : groups, hasTooMany, Text(token, "sid"));
        return Task.CompletedTask;
    }

    /// <summary>The last step: the token has been verified in every respect.</summary>
    private static async Task SignInAsync(TicketReceivedContext context, OpenIdConnectSettings settings)
    {
        var (services, cancellation) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        var met = (Met)context.HttpContext.Items[typeof(Met)]!;
        var decides = settings.Decide([]) is not null;
        try
        {
            var (id, state) = await services.GetRequiredService<People>().MeetAsync(
                met.Who, met.Groups is { } groups && !met.HasTooMany ? settings.Decide(groups) : null, Recorder with { From = Remote.Of(context.HttpContext) }, cancellation);
            if (state?.Role is not { } role)
            {
                context.HandleResponse();
                await AnswerAsync(context.HttpContext, settings, state is { IsFromGroups: false } ? Removed : !decides ? NoRole : met.HasTooMany ? TooManyGroups : met.Groups is null ? NoGroups : NoRole, null, id);
                return;
            }

            if (state.IsFromGroups && decides && (met.HasTooMany || met.Groups is null))
            {
                context.HandleResponse(); // What the groups said before may hold no longer.
                await AnswerAsync(context.HttpContext, settings, met.HasTooMany ? TooManyGroups : NoGroups, null, id);
                return;
            }

            var known = services.GetRequiredService<KnownSessions>();
            var session = await services.GetRequiredService<Sessions>().StartAsync(new SignedIn(id, role) { Teams = state.Teams }, Remote.Of(context.HttpContext), cancellation);
            if (met.Session is { } providerSession)
            {
                await services.GetRequiredService<ProviderSessions>().NoteAsync(met.Who.Issuer, providerSession, session, cancellation);
            }

            known.Note(session.Id, session);
            context.Principal = await known.PrincipalOfAsync(session, Remote.Of(context.HttpContext), context.HttpContext.RequestAborted);
            context.Properties = new AuthenticationProperties { ExpiresUtc = session.ExpiresAt, AllowRefresh = false };
        }
        catch (Exception fault) when (PassingFault.Is(fault))
        {
            context.HandleResponse();
            await AnswerAsync(context.HttpContext, settings, new("The database is away", "The database cannot be reached. Try again in a minute.", StatusCodes.Status503ServiceUnavailable), fault);
        }
    }

    private static Task RefuseAsync(RemoteFailureContext context, OpenIdConnectSettings settings)
    {
        context.HandleResponse();
        return AnswerAsync(context.HttpContext, settings, FaultOf(context.Failure), context.Failure);
    }

    private static SignInFault FaultOf(Exception? failure) => failure switch
    {
        SignInFaultException known => known.Fault,
        SecurityTokenNotYetValidException or SecurityTokenExpiredException => ClockOff(null),
        SecurityTokenInvalidAudienceException => NotVerified("it is for another application"),
        SecurityTokenInvalidIssuerException => NotVerified("another provider issued it"),
        OpenIdConnectProtocolInvalidNonceException => NotVerified("it is not of this sign-in"),
        OpenIdConnectProtocolException { Data: var data } when data["error"] is string error => Refused(error),
        ArgumentException { Message: var text } when text.Contains("IDX10209", StringComparison.Ordinal) => TooManyGroups, // The token is larger than is read.
        SecurityTokenException or OpenIdConnectProtocolException => NotVerified("its signature or content is wrong"),
        { } fault when IsAway(fault) => Away,
        { Data: var data } when data["error"] is string error => Refused(error),
        _ => new("The sign-in was interrupted", "This sign-in was not begun in this browser, took too long, or was used already. Sign in again.", StatusCodes.Status400BadRequest),
    };

    private static SignInFault NotVerified(string why) => new("The token does not verify", $"What the identity provider sent cannot be trusted: {why}. Nobody was signed in.");

    private static SignInFault Refused(string error) => new(
        "The identity provider refused", $"The identity provider did not sign you in: {(ErrorCode().IsMatch(error) ? error : "an unknown error")}.");

    /// <param name="off">How far this host is ahead of the provider; null if not known.</param>
    private static SignInFault ClockOff(TimeSpan? off) => new(
        "The clocks differ",
        $"The clocks of this host and of the identity provider differ by more than {MostSkew.TotalMinutes:0} minutes{(off is { } by ? $": this host is {by.Duration().TotalMinutes.ToString("0", CultureInfo.InvariantCulture)} minutes {(by > TimeSpan.Zero ? "ahead" : "behind")}" : "")}. Both must follow a time server.");

    private static SignInFault NoGroups => new("The group claim is missing", "The identity provider did not say which groups you are in, so your role is not known. The group claim must be added to the ID token.");

    private static SignInFault TooManyGroups => new(
        "The group claim is too large", "You are in more groups than the identity provider puts into the ID token, so your role is not known. It must send only the groups that are assigned to SpendTracker.");

    private static SignInFault NoRole => new("The person has no role", "You are known, but have no role in SpendTracker: none of your groups has one, and nobody gave you one.");

    private static SignInFault Removed => new("The person was removed", "You no longer have a role in SpendTracker: an administrator took it away.");

    /// <param name="person">Who it is, by id, if that is known.</param>
    private static Task AnswerAsync(HttpContext context, OpenIdConnectSettings settings, SignInFault fault, Exception? because, string? person = null)
    {
        var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ProviderSignIn));
        log.LogWarning("{Fault}: a sign-in by the identity provider failed{Person}, trace {Trace}. {Because}", fault.Title, person is null ? "" : $" of person {person}", trace, because?.Message);
        return PlainPage.Of(
            context, "Sign in", $"{fault.Text} Ask {settings.Contact}, with the trace id. A sign-in link works all the same.", null, null, fault.Status, (SignIn.Path, "Back"),
            $"Trace id {trace}{(person is null ? "" : $", person {person}")}").ExecuteAsync(context);
    }

    /// <summary>A name is free text of the provider's, and shown to others.</summary>
    private static string NameOf(JwtSecurityToken token)
    {
        var check = new FieldCheck();
        var name = Text(token, "name") ?? Text(token, "preferred_username") ?? Text(token, "email");
        check.Name("name", name, TextLength.Name);
        return check.Reasons.Count == 0 ? name! : "unnamed person";
    }

    private static string? Text(JwtSecurityToken token, string claim) => token.Payload.TryGetValue(claim, out var value) && value is string { Length: > 0 and <= TextLength.Name } text ? text : null;

    [GeneratedRegex("^[a-z_]{1,60}$")]
    private static partial Regex ErrorCode();

    /// <summary>Whom the provider names, between the token and the session.</summary>
    /// <param name="Groups">Null if the token names none.</param>
    /// <param name="Session">What the provider calls its own session; null if it does not say.</param>
    private sealed record Met(ProviderIdentity Who, IReadOnlyCollection<string>? Groups, bool HasTooMany, string? Session);
}

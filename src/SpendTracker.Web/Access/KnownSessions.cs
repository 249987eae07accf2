using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Web.Access;

/// <summary>
/// The sessions behind cookies. A cookie names a session and its person; whether the session holds, and the person's role, is read
/// from the database at each request. While the database is away, the last answer holds: a page then says that it is away, and
/// nothing can be read or changed.
/// </summary>
internal sealed class KnownSessions(Sessions sessions, PersonNames names, TimeProvider clock)
{
    public const string SessionClaim = "spendtracker/session";

    private readonly ConcurrentDictionary<string, Session> _last = [];

    /// <param name="from">Where the person's browser is; null if nobody knows.</param>
    public async Task<ClaimsPrincipal> PrincipalOfAsync(Session session, string? from, CancellationToken cancellationToken) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, session.Person),
            new Claim(ClaimTypes.Name, await names.OfAsync(session.Person, cancellationToken)),
            new Claim(SignIn.RoleClaim, EnumName.Of(session.Role)),
            new Claim(SessionClaim, session.Id),
            new Claim(ApiClaims.RecordedBy, $"person:{session.Person}"),
            .. from is null ? [] : (Claim[])[new Claim(ApiClaims.From, from)],
            .. session.Teams.Select(team => new Claim(SignIn.TeamClaim, team)),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>The session and the person that a cookie names, by id; in a cookie of an earlier version, the name is the id. Null for one that names no session.</summary>
    public static (string Id, string Person)? Named(ClaimsPrincipal? person) =>
        person?.FindFirstValue(SessionClaim) is { } id && (person.FindFirstValue(ClaimTypes.NameIdentifier) ?? person.FindFirstValue(ClaimTypes.Name)) is { } who ? (id, who) : null;

    /// <summary>Checks a cookie. What is open to all is not worth a look: there, nobody is signed in.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var known = context.HttpContext.RequestServices.GetRequiredService<KnownSessions>();
        var isOpen = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        if (isOpen || Named(context.Principal) is not { } named
            || (await known.FindAsync([named], isUse: true, context.HttpContext.RequestAborted)).GetValueOrDefault(named.Id) is not { } session)
        {
            context.RejectPrincipal();
            return;
        }

        context.ReplacePrincipal(await known.PrincipalOfAsync(session, Remote.Of(context.HttpContext), context.HttpContext.RequestAborted));
    }

    /// <summary>Those that hold, by id.</summary>
    /// <param name="isUse">Whether they are used now.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away, and one of them was never looked up here.</exception>
    public async Task<IReadOnlyDictionary<string, Session>> FindAsync(IReadOnlyCollection<(string Id, string Person)> named, bool isUse, CancellationToken cancellationToken)
    {
        try
        {
            var found = await sessions.FindAsync(named, isUse, cancellationToken);
            foreach (var (id, _) in named)
            {
                Note(id, found.GetValueOrDefault(id));
            }

            return found;
        }
        catch (Exception fault) when (PassingFault.Is(fault) && named.All(session => _last.ContainsKey(session.Id)))
        {
            return named.Select(session => _last.GetValueOrDefault(session.Id)).OfType<Session>()
                .Where(session => session.ExpiresAt > clock.GetUtcNow()).DistinctBy(session => session.Id).ToDictionary(session => session.Id);
        }
    }

    /// <summary>What is known of a session now; null where it does not hold.</summary>
    public void Note(string id, Session? session)
    {
        if (session is null)
        {
            _last.TryRemove(id, out _);
        }
        else if (!_last.ContainsKey(id))
        {
            foreach (var old in _last.Values.Where(old => old.ExpiresAt <= clock.GetUtcNow()))
            {
                _last.TryRemove(old.Id, out _); // Sign-ins are few, and no session outlives its day.
            }
        }

        _ = session is null ? null : _last[id] = session;
    }
}

using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Access;

/// <summary>
/// Which of our sessions an identity provider began, by the provider's own name of its session; and the logout tokens that were used. In
/// tables that all hosts share, beside the log: when a session began and ended is there already.
/// </summary>
public sealed class ProviderSessions(NpgsqlDataSource dataSource, Sessions sessions, TimeProvider clock)
{
    /// <summary>Notes what the provider calls a session.</summary>
    /// <param name="providerSession">The claim <c>sid</c> of the ID token.</param>
    public async Task NoteAsync(string issuer, string providerSession, Session session, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with over as (delete from spend.provider_session where expires_at < $5)
            insert into spend.provider_session (issuer, provider_session, session, expires_at) values ($1, $2, $3, $4) on conflict do nothing
            """);
        Add(command, issuer, providerSession, session.Id, session.ExpiresAt, clock.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the sessions that the provider knows by a name, and that are a person's.</summary>
    /// <param name="person">The id; null for whoever it is.</param>
    /// <returns>How many sessions are known by the name, whether or not they had ended.</returns>
    public async Task<int> EndAsync(string issuer, string providerSession, string? person, Recorder recorder, CancellationToken cancellationToken)
    {
        var known = await ListAsync(issuer, providerSession, person, cancellationToken);
        foreach (var session in known)
        {
            await sessions.EndAsync(session, recorder, cancellationToken);
        }

        return known.Count;
    }

    /// <summary>Whether a logout token was used already, on any host.</summary>
    public async Task<bool> IsUsedAsync(string issuer, string token, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select exists (select from spend.logout_token where issuer = $1 and token = $2)");
        Add(command, issuer, token);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Notes that a logout token was used.</summary>
    /// <param name="life">How long it would verify at most.</param>
    public async Task NoteUsedAsync(string issuer, string token, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(
            """
            with over as (delete from spend.logout_token where expires_at < $4)
            insert into spend.logout_token (issuer, token, expires_at) values ($1, $2, $3) on conflict do nothing
            """);
        Add(command, issuer, token, now + life, now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> ListAsync(string issuer, string providerSession, string? person, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select p.session from spend.provider_session as p join spend.session_use as u using (session)
            where p.issuer = $1 and p.provider_session = $2 and ($3 = '' or u.person = $3)
            """);
        Add(command, issuer, providerSession, person ?? "");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> known = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(reader.GetString(0));
        }

        return known;
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
    }
}

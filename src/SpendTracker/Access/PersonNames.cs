using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>
/// What persons are called now, by the ids that events have. All names are kept in memory, so that no answer waits for them: a host
/// reads them in the background (<see cref="RunAsync"/>), at once after a change of its own, and soon if an id is not among them.
/// While the database is away, the last answer holds.
/// </summary>
public sealed class PersonNames(NpgsqlDataSource dataSource)
{
    private const string Prefix = "person:";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FreshForUnknown = TimeSpan.FromSeconds(1);

    private readonly Bell _unknown = new();
    private volatile Names _names = new([], 0);

    /// <summary>The name; the id itself if nothing is known, which in events of earlier versions is the name.</summary>
    public string Of(string person)
    {
        var (names, at) = _names;
        if (Find(names, person) is { } name)
        {
            return name;
        }

        if (at == 0 || Stopwatch.GetElapsedTime(at) > FreshForUnknown)
        {
            _unknown.Ring();
        }

        return person;
    }

    /// <summary>Who recorded something: of <c>person:4f…</c> the same with the name, of anything else itself.</summary>
    public string By(string recordedBy) => recordedBy.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix + Of(recordedBy[Prefix.Length..]) : recordedBy;

    /// <summary>The same as <see cref="Of"/>, for a person who may have come a moment ago on another host.</summary>
    public async Task<string> OfAsync(string person, CancellationToken cancellationToken)
    {
        if (Find(_names.ById, person) is null)
        {
            await FreshenAsync(cancellationToken);
        }

        return Of(person);
    }

    /// <summary>The ids of all who have a name now; none for null.</summary>
    public async Task<IReadOnlyList<string>> IdsOfAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            return [];
        }

        await FreshenAsync(cancellationToken);
        return [.. _names.ById.Where(person => person.Value == name).Select(person => person.Key)];
    }

    /// <summary>Reads the names anew unless that was a moment ago.</summary>
    public Task FreshenAsync(CancellationToken cancellationToken) =>
        _names.At is var at && at != 0 && Stopwatch.GetElapsedTime(at) < FreshForUnknown ? Task.CompletedTask : ReadAsync(cancellationToken);

    /// <summary>Reads the names anew: some were changed here.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var at = Stopwatch.GetTimestamp(); // What changes while they are read may be missing.
        Dictionary<string, string> names = [];
        try
        {
            await using var command = dataSource.CreateCommand("select id, name from spend.person");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                names[reader.GetString(0)] = reader.GetString(1);
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            return; // Away: whoever asks meets that elsewhere. The names of before are shown.
        }

        var read = new Names(names, at);
        for (var now = _names; now.At < at && Interlocked.CompareExchange(ref _names, read, now) != now; now = _names)
        {
        }
    }

    /// <summary>Keeps the names fresh until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var unknown = _unknown.Next;
            await ReadAsync(cancellationToken);
            await Task.Delay(FreshForUnknown, cancellationToken);
            await Bell.WaitAsync(unknown, Fresh - FreshForUnknown, cancellationToken);
        }
    }

    /// <summary>What stands in the table for a person of an earlier version who was erased: the id is the name, so only its hash may stay.</summary>
    internal static string ErasedIdOf(string person) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person)))}";

    private static string? Find(Dictionary<string, string> names, string person) =>
        names.TryGetValue(person, out var name) || names.TryGetValue(ErasedIdOf(person), out name) ? name : null;

    /// <param name="At">When they were asked for, by the machine's clock; 0 if they never were.</param>
    private sealed record Names(Dictionary<string, string> ById, long At);
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SpendTracker.Access;

/// <summary>
/// What persons are called now, by the ids that events have. All names are kept in memory, and read anew after ten seconds, or
/// when an id is not among them. While the database is away, the last answer holds.
/// </summary>
public sealed class PersonNames(NpgsqlDataSource dataSource)
{
    private const string Prefix = "person:";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FreshForUnknown = TimeSpan.FromSeconds(1);

    private readonly Lock _reading = new();
    private volatile Dictionary<string, string> _names = [];
    private long? _readAt;

    /// <summary>The name; the id itself if nothing is known, which in events of earlier versions is the name.</summary>
    public string Of(string person)
    {
        Read(Fresh);
        if (Find(person) is { } name)
        {
            return name;
        }

        Read(FreshForUnknown);
        return Find(person) ?? person;
    }

    /// <summary>Who recorded something: of <c>person:4f…</c> the same with the name, of anything else itself.</summary>
    public string By(string recordedBy) => recordedBy.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix + Of(recordedBy[Prefix.Length..]) : recordedBy;

    /// <summary>The ids of all who have a name now; none for null.</summary>
    public IEnumerable<string> IdsOf(string? name)
    {
        Read(FreshForUnknown);
        return name is null ? [] : _names.Where(person => person.Value == name).Select(person => person.Key);
    }

    /// <summary>Reads the names anew: some were changed here.</summary>
    public void Forget()
    {
        lock (_reading)
        {
            _readAt = null;
        }
    }

    /// <summary>What stands in the table for a person of an earlier version who was erased: the id is the name, so only its hash may stay.</summary>
    internal static string ErasedIdOf(string person) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person)))}";

    private string? Find(string person) => _names.TryGetValue(person, out var name) || _names.TryGetValue(ErasedIdOf(person), out name) ? name : null;

    private void Read(TimeSpan fresh)
    {
        lock (_reading)
        {
            if (_readAt is { } at && Stopwatch.GetElapsedTime(at) < fresh)
            {
                return;
            }

            _readAt = Stopwatch.GetTimestamp();
            try
            {
                using var command = dataSource.CreateCommand("select id, name from spend.person");
                using var reader = command.ExecuteReader();
                Dictionary<string, string> names = [];
                while (reader.Read())
                {
                    names[reader.GetString(0)] = reader.GetString(1);
                }

                _names = names;
            }
            catch (NpgsqlException)
            {
                // Away: whoever asks meets that elsewhere. The names of before are shown.
            }
        }
    }
}

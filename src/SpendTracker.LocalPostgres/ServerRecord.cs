using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace SpendTracker.LocalPostgres;

/// <summary>What we have to remember of a server. Not a record in the language's sense: that would print the password.</summary>
internal sealed class ServerRecord
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required string Password { get; init; }

    /// <summary>Used again if free, so that saved connections still work. 0 before the first start.</summary>
    public int Port { get; set; }

    /// <summary>Who stops the server.</summary>
    public RunningProcess? Owner { get; set; }

    /// <summary>What the running server was started from.</summary>
    public PostgresBinaries? Binaries { get; set; }

    /// <summary>24 random bytes: too many to guess for another user of the machine, who can reach the port.</summary>
    public static ServerRecord New() => new() { Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) };

    /// <summary>Null when there is none or it is damaged.</summary>
    public static ServerRecord? Read(DataPlace place)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerRecord>(File.ReadAllText(place.Record), Format);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Write(DataPlace place)
    {
        var whole = place.Record + ".new";
        using (var file = new FileStream(whole, Modes.NewPrivateFile()))
        {
            JsonSerializer.Serialize(file, this, Format);
        }

        File.Move(whole, place.Record, overwrite: true);
    }

    public NpgsqlConnectionStringBuilder ConnectionString(int port, string database) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Cluster.SuperUser,
        Password = Password,
        Database = database,
        SslMode = SslMode.Disable, // Nothing leaves the machine, and asking for encryption costs a round trip each.
        GssEncryptionMode = GssEncryptionMode.Disable,
    };

    /// <summary>Whether this process started the server, or took it over.</summary>
    public bool IsOurs() => Owner?.Id == Environment.ProcessId && OwnerRuns();

    /// <summary>Whether the process that started the server still runs. This very process counts too.</summary>
    public bool OwnerRuns() => Owner is not null && RunningProcess.Find(Owner.Id)?.Start == Owner.Start;
}

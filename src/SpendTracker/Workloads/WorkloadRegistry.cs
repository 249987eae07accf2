using System.Text.Json;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Workloads;

/// <summary>What is registered of a workload now.</summary>
/// <param name="Version">How many events its stream has.</param>
public sealed record WorkloadState(WorkloadRegistered Details, int Version) : IStreamState<WorkloadState>
{
    public static WorkloadState Apply(WorkloadState? state, StoredEvent stored) => stored.Data switch
    {
        WorkloadRegistered details => new(details, (int)stored.Version),
        WorkloadChanged c => new(new WorkloadRegistered(c.Workload, c.Name, c.Team, c.Approach, c.CostCentre, c.Environment, c.Tags), (int)stored.Version),
        _ => state! with { Version = (int)stored.Version },
    };
}

/// <summary>Registers workloads and lists them.</summary>
public sealed class WorkloadRegistry(NpgsqlDataSource dataSource, EventStore store)
{
    private const int MostTags = 20;

    public static IReadOnlyList<FieldReason> Check(WorkloadRegistered workload)
    {
        var check = new FieldCheck();
        check.Key("workload", workload.Workload);
        check.Name("name", workload.Name, TextLength.Name);
        check.Name("team", workload.Team, TextLength.Name);
        check.OptionalName("costCentre", workload.CostCentre, TextLength.Name);
        check.OptionalName("environment", workload.Environment, TextLength.Name);
        check.That("tags", workload.Tags is not { Count: > MostTags }, $"At most {MostTags}.");
        foreach (var (name, value) in workload.Tags ?? new Dictionary<string, string>())
        {
            check.Key("tags", name);
            check.Name($"tags.{name}", value, TextLength.Name);
        }

        return check.Reasons;
    }

    /// <summary>Registers a workload, or changes it where it is registered already with other details.</summary>
    public Task RegisterAsync(WorkloadRegistered wanted, Recorder recorder, CancellationToken cancellationToken) => RegisterAsync(wanted, null, recorder, cancellationToken);

    /// <summary>The same, if the workload is at a version.</summary>
    /// <param name="expected">See <see cref="StreamVersion"/>.</param>
    /// <returns>The version now, and whether it is new; null if it has another version than was expected.</returns>
    public Task<(int Version, bool IsNew)?> RegisterAsync(WorkloadRegistered wanted, int? expected, Recorder recorder, CancellationToken cancellationToken) =>
        store.Streams.DecideAsync<WorkloadState, (int, bool)?>(
            StreamNames.Workload(wanted.Workload),
            state => !StreamVersion.Is(expected, state?.Version ?? 0) ? new(null)
                : Decide(state, wanted) is { } decided ? new(((state?.Version ?? 0) + 1, state is null), decided)
                : new((state!.Version, false)),
            recorder, cancellationToken);

    /// <summary>A workload as the log has it; null if it is not registered.</summary>
    public async Task<WorkloadState?> FindAsync(string id, CancellationToken cancellationToken) =>
        EventStreams.Fold<WorkloadState>(await store.ReadStreamAsync(StreamNames.Workload(id), cancellationToken));

    /// <summary>What has to be recorded so that a workload is as wanted; null where it is so already.</summary>
    public static IEvent? Decide(WorkloadState? state, WorkloadRegistered wanted) => state switch
    {
        null => wanted,
        { Details: var now } when now with { Tags = wanted.Tags } == wanted && SameTags(now.Tags, wanted.Tags) => null,
        _ => new WorkloadChanged(wanted.Workload, wanted.Name, wanted.Team, wanted.Approach, wanted.CostCentre, wanted.Environment, wanted.Tags),
    };

    private static bool SameTags(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0) && (left is null || left.All(tag => right!.TryGetValue(tag.Key, out var value) && value == tag.Value));

    public async Task<IReadOnlyList<Workload>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ListAsync(connection, cancellationToken);
    }

    /// <summary>As they are for a transaction of the connection.</summary>
    internal static async Task<IReadOnlyList<Workload>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select workload, name, team, approach, cost_centre, environment, changed_at, tags::text from {WorkloadProjection.KnownSql(null)} as w order by workload", connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Workload> workloads = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            workloads.Add(new Workload(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), EnumName.Parse<Approach>(reader.GetString(3)), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<DateTimeOffset>(6), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(7))!));
        }

        return workloads;
    }
}

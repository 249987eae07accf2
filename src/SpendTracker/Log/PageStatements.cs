using Npgsql;

namespace SpendTracker.Log;

/// <summary>A projection's page as a statement an event, in the order of the log: for events that are few.</summary>
internal sealed class PageStatements
{
    private readonly List<NpgsqlBatchCommand> _commands = [];

    /// <param name="values">The parameters in order. Where one may be null, the SQL says its type.</param>
    public void Add(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        _commands.Add(command);
    }

    public void Clear() => _commands.Clear();

    /// <summary>The statements, and an empty page again.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Take()
    {
        NpgsqlBatchCommand[] commands = [.. _commands];
        _commands.Clear();
        return commands;
    }
}

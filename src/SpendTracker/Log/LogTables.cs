namespace SpendTracker.Log;

/// <summary>Marten's tables, for queries that start from an event or a checkpoint. Only this folder knows their names.</summary>
internal static class LogTables
{
    public const string Events = "spend.mt_events";

    /// <summary>The last place in the log that a checkpoint has come to, as an SQL expression: null before its first.</summary>
    /// <param name="name">The checkpoint's name, in SQL.</param>
    public static string Checkpoint(string name) => $"(select last_seq_id from spend.mt_event_progression where name = {name})";

    /// <summary>The last place in the log, as an SQL expression: 0 where it is empty.</summary>
    public const string End = $"(select coalesce(max(seq_id), 0) from {Events})";
}

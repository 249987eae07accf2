using System.Text.Json.Serialization;
using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>What became of a message.</summary>
[JsonConverter(typeof(NamedEnumConverter<MessageState>))]
public enum MessageState
{
    /// <summary>It waits to be sent, or to be tried again.</summary>
    [JsonStringEnumMemberName("pending")] Pending,

    /// <summary>The other side took it.</summary>
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>It was given up.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>It was not needed any more, or could not be.</summary>
    [JsonStringEnumMemberName("dropped")] Dropped,

    /// <summary>An alert of an earlier version of the budget was told there, and this one goes on from it.</summary>
    [JsonStringEnumMemberName("carried")] Carried,
}

/// <summary>A message to a channel about an alert, and how far it is.</summary>
/// <param name="Message">Its id. A receiver sees it, or that of the digest that it is part of.</param>
/// <param name="ChannelKind">Null where there was no such channel.</param>
/// <param name="N">1, 2, … of reminders.</param>
/// <param name="Resolved">The event that it tells of, where it tells that an alert is over.</param>
/// <param name="DueAt">When it was decided to send it, or was to be.</param>
/// <param name="LastReason">What the last attempt met, or why it was dropped.</param>
public sealed record AlertMessage(
    Guid Message, Guid Alert, string Channel, ChannelKind? ChannelKind, NoticeKind Kind, int N, Guid? Resolved, DateTimeOffset DueAt, MessageState State, int Attempts,
    DateTimeOffset? FirstAttemptAt, DateTimeOffset NextAttemptAt, DateTimeOffset? SettledAt, string? LastReason, Guid? Digest)
{
    internal const string Columns =
        "message, alert, channel, channel_kind, kind, n, resolved, due_at, state, attempts, first_attempt_at, next_attempt_at, settled_at, last_reason, digest";

    internal const int ColumnCount = 15;

    internal static AlertMessage Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.IsDBNull(3) ? null : EnumName.Parse<ChannelKind>(reader.GetString(3)),
        EnumName.Parse<NoticeKind>(reader.GetString(4)), reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.GetFieldValue<DateTimeOffset>(7),
        EnumName.Parse<MessageState>(reader.GetString(8)), reader.GetInt32(9), At(reader, 10), reader.GetFieldValue<DateTimeOffset>(11), At(reader, 12),
        reader.IsDBNull(13) ? null : reader.GetString(13), reader.IsDBNull(14) ? null : reader.GetGuid(14));

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}

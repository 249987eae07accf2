using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>A row of the outbox, as it is read.</summary>
internal static class MessageRow
{
    public const string Columns =
        "message, alert, channel, channel_kind, kind, n, resolved, due_at, state, attempts, first_attempt_at, next_attempt_at, settled_at, last_reason, digest";

    public const int ColumnCount = 15;

    public static AlertMessage Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.IsDBNull(3) ? null : EnumName.Parse<ChannelKind>(reader.GetString(3)),
        EnumName.Parse<NoticeKind>(reader.GetString(4)), reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.GetFieldValue<DateTimeOffset>(7),
        EnumName.Parse<MessageState>(reader.GetString(8)), reader.GetInt32(9), At(reader, 10), reader.GetFieldValue<DateTimeOffset>(11), At(reader, 12),
        reader.IsDBNull(13) ? null : reader.GetString(13), reader.IsDBNull(14) ? null : reader.GetGuid(14));

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}

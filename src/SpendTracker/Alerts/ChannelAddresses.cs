using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Alerts;

/// <summary>Encrypts and decrypts text for one channel: what was encrypted for another cannot be decrypted.</summary>
/// <param name="Protect">From the channel's id and the text.</param>
/// <param name="Unprotect">From the channel's id and what <paramref name="Protect"/> gave; a <see cref="CryptographicException"/> where that is not it.</param>
public sealed record AddressProtection(Func<string, string, string> Protect, Func<string, string, string> Unprotect);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ChannelAddress))]
internal sealed partial class AddressJson : JsonSerializerContext;

/// <summary>
/// Where channels lead, with their secrets, encrypted and outside of the log: what is in the log stays there, and a secret that
/// is replaced must be gone.
/// </summary>
public sealed class ChannelAddresses(NpgsqlDataSource dataSource, AddressProtection protection, TimeProvider clock)
{
    /// <summary>An address that no event names after so long never will be: its host stopped in between.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <returns>What the event that follows names.</returns>
    internal async Task<Guid> SaveAsync(string channel, ChannelAddress address, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await using var command = dataSource.CreateCommand(
            "insert into spend.channel_address (address, tenant_id, channel, protected, saved_at) values ($1, $2, $3, $4, $5)");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = protection.Protect(channel, JsonSerializer.Serialize(address, AddressJson.Default.ChannelAddress)) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return id;
    }

    /// <summary>
    /// Deletes what a channel's events named before, and what was abandoned. Not simply all but one: who changes the channel at
    /// the same time has saved another, which holds from then on.
    /// </summary>
    /// <param name="kept">What it has now; null where it is removed.</param>
    internal async Task DeleteAsync(string channel, IEnumerable<Guid> named, Guid? kept, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            delete from spend.channel_address
            where tenant_id = $1 and channel = $2 and (address = any($3) or saved_at < $4) and address is distinct from $5::uuid
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = named.ToArray() });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - Abandoned });
        command.Parameters.Add(new() { Value = (object?)kept ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes what was saved for an event that did not come.</summary>
    internal async Task DeleteAsync(Guid address, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("delete from spend.channel_address where address = $1");
        command.Parameters.Add(new() { Value = address });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>For sending, and for nothing else.</summary>
    /// <returns>Null where it was replaced meanwhile.</returns>
    /// <exception cref="CryptographicException">It was not encrypted for this channel, or by keys that are gone.</exception>
    /// <exception cref="JsonException">Another version of this program stored it in another form.</exception>
    /// <exception cref="NotSupportedException">It has no kind.</exception>
    public async Task<ChannelAddress?> OpenAsync(Channel channel, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select protected from spend.channel_address where address = $1 and tenant_id = $2");
        command.Parameters.Add(new() { Value = channel.Address });
        command.Parameters.Add(new() { Value = Tenant.Default });
        return await command.ExecuteScalarAsync(cancellationToken) is string text
            ? JsonSerializer.Deserialize(protection.Unprotect(channel.Id, text), AddressJson.Default.ChannelAddress) ?? throw new JsonException("The stored address is null.")
            : null;
    }
}

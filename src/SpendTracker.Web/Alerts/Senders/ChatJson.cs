using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>Cards are limited in bytes, so what need not be escaped is not. Nothing of it is put into HTML.</summary>
internal static class ChatJson
{
    private static readonly JsonSerializerOptions Short = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonObject message) => JsonSerializer.SerializeToUtf8Bytes(message, Short);
}

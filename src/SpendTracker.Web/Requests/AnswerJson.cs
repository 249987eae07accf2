using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Requests;

/// <summary>How answers are written: by the API, and the same by commands with <c>--json</c>.</summary>
internal static class AnswerJson
{
    /// <summary>For people and pipes; a terminal shows texts as they were written.</summary>
    public static JsonSerializerOptions Indented { get; } =
        Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>For files with an answer on each line.</summary>
    public static JsonSerializerOptions Lines { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new InstantConverter());
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}

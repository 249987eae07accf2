using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SpendTracker.Access;
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

    /// <summary>
    /// Has answers say by name who did something. Events have ids of persons; what an answer calls <c>by</c> or <c>closedBy</c> is
    /// written with the name of now, wherever it stands.
    /// </summary>
    public static JsonSerializerOptions Named(JsonSerializerOptions options, PersonNames names)
    {
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(type =>
        {
            foreach (var property in type.Properties.Where(property => property.PropertyType == typeof(string) && property.Name.EndsWith("by", StringComparison.OrdinalIgnoreCase)))
            {
                property.Get = property.Get is { } get ? answer => get(answer) is string by ? names.By(by) : null : null;
            }
        });
        return options;
    }

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new InstantConverter());
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}

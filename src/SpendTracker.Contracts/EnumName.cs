using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>The written names of an enum's members: what JSON, SQL, CSV and pages call them.</summary>
public static class EnumName
{
    /// <summary>The name, e.g. <c>prompt-engineering</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.ByValue[value];

    /// <summary>The member of a name.</summary>
    public static bool TryParse<T>([NotNullWhen(true)] string? name, out T value)
        where T : struct, Enum
    {
        value = default;
        return name is not null && Names<T>.ByName.TryGetValue(name, out value);
    }

    /// <summary>The member of a name that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum => TryParse<T>(name, out var value) ? value : throw new FormatException($"'{name}' is none of {string.Join(", ", All<T>())}.");

    /// <summary>All names, in the order of the members.</summary>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => Names<T>.InOrder;

    /// <summary>All names of an enum type.</summary>
    public static IReadOnlyList<string> NamesOf(Type type) =>
        [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name)];

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly IReadOnlyList<string> InOrder = NamesOf(typeof(T));
        public static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>().Zip(InOrder).ToFrozenDictionary(pair => pair.First, pair => pair.Second);
        public static readonly FrozenDictionary<string, T> ByName = ByValue.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);
    }
}

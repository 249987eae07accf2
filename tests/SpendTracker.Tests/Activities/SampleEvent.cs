using System.Collections;
using System.Reflection;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Activities;

/// <summary>Makes an event of any type, with every member filled in: a test then covers types that come later.</summary>
internal static class SampleEvent
{
    /// <param name="text">Goes into each text, with the member's name.</param>
    public static IEvent Of(Type type, string text) => (IEvent)Value(type, "event", text)!;

    private static object? Value(Type type, string name, string text) => Nullable.GetUnderlyingType(type) is { } inner ? Value(inner, name, text)
        : type == typeof(string) ? $"{text}-{name}"
        : type == typeof(bool) ? true
        : type == typeof(Guid) ? Guid.Parse("01a2b3c4-0000-7000-8000-000000000001")
        : type == typeof(DateOnly) ? new DateOnly(2026, 1, 2)
        : type == typeof(DateTimeOffset) ? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
        : type.IsEnum ? Enum.GetValues(type).GetValue(0)
        : type.IsPrimitive || type == typeof(decimal) ? Convert.ChangeType(7, type, System.Globalization.CultureInfo.InvariantCulture)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? Dictionary(type.GetGenericArguments(), name, text)
        : type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) ? List(type.GetGenericArguments()[0], name, text)
        : Record(type, text);

    private static object Record(Type type, string text)
    {
        var constructor = type.GetConstructors().OrderByDescending(constructor => constructor.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, parameter.Name!, text))]);
    }

    private static object List(Type item, string name, string text)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        list.Add(Value(item, name, text));
        return list;
    }

    private static object Dictionary(Type[] types, string name, string text)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(types))!;
        dictionary.Add("key", Value(types[1], name, text));
        return dictionary;
    }
}

using System.Reflection;
using System.Text.Json.Serialization;

namespace SpendTracker.Tests.Reference;

/// <summary>The types whose JSON goes over the wire, found by reflection.</summary>
internal static class WireTypes
{
    /// <summary>The types, and all types of their members, of what their members list, and of the kinds of a member.</summary>
    public static IReadOnlyCollection<Type> Of(IEnumerable<Type> named)
    {
        HashSet<Type> found = [];
        var open = new Queue<Type>(named);
        while (open.TryDequeue(out var type))
        {
            if (!found.Add(type))
            {
                continue;
            }

            foreach (var part in type.GetGenericArguments().Append(type.GetElementType()).OfType<Type>())
            {
                open.Enqueue(part);
            }

            if (IsOfTheFramework(type))
            {
                continue;
            }

            foreach (var kind in type.GetCustomAttributes<JsonDerivedTypeAttribute>())
            {
                open.Enqueue(kind.DerivedType);
            }

            foreach (var member in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (member.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
                {
                    open.Enqueue(member.PropertyType);
                }
            }
        }

        return found;
    }

    public static bool IsOfTheFramework(Type type) => type.Namespace is { } name && (name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));
}

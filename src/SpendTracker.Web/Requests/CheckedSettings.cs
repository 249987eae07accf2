using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace SpendTracker.Web.Requests;

/// <summary>Settings whose limits stand at their properties. A wrong one keeps the host from starting: later it would show as something else.</summary>
internal static class CheckedSettings
{
    /// <summary>
    /// Binds a section, and checks it at the start: each name under it is that of a property, each value can be read, and is
    /// within its limits. Sections within are properties of a class of ours.
    /// </summary>
    /// <exception cref="OptionsValidationException">When the settings are first asked for: something is not what it should be.</exception>
    public static OptionsBuilder<T> AddChecked<T>(this IServiceCollection services, IConfigurationSection section)
        where T : class => services.AddOptions<T>()
        .Configure(_ => CheckNames<T>(section))
        .Configure(_ => CheckValues<T>(section))
        .Bind(section)
        .ValidateOnStart()
        .Validated(settings => OutOfLimits(section.Path, settings));

    private static OptionsBuilder<T> Validated<T>(this OptionsBuilder<T> options, Func<T, IEnumerable<string>> faults)
        where T : class
    {
        options.Services.AddSingleton<IValidateOptions<T>>(new Validation<T>(faults));
        return options;
    }

    private static void CheckNames<T>(IConfigurationSection section)
    {
        var unknown = Unknown(section, typeof(T)).ToArray();
        if (unknown.Length > 0)
        {
            string[] known = [.. Known(section.Path, typeof(T))];
            throw new OptionsValidationException(
                Options.DefaultName, typeof(T), unknown.Select(name => $"{name} is not a setting. Did you mean {known.MinBy(other => Distance(name, other))}?"));
        }
    }

    /// <summary>Binding says which value cannot be read, and as what, but not as an error of settings.</summary>
    private static void CheckValues<T>(IConfigurationSection section)
    {
        try
        {
            _ = section.Get<T>();
        }
        catch (InvalidOperationException fault)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(T), [fault.Message]);
        }
    }

    private static IEnumerable<string> OutOfLimits(string path, object settings)
    {
        List<ValidationResult> faults = [];
        Validator.TryValidateObject(settings, new ValidationContext(settings), faults, validateAllProperties: true);
        return faults.Select(fault => fault.MemberNames.Any() ? $"{path}: {fault.ErrorMessage}" : fault.ErrorMessage!)
            .Concat(Settable(settings.GetType()).Where(IsSection).SelectMany(property => OutOfLimits($"{path}:{property.Name}", property.GetValue(settings)!)));
    }

    private static IEnumerable<string> Unknown(IConfigurationSection section, Type type) => section.GetChildren().SelectMany(child =>
        Settable(type).FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) switch
        {
            null => Leaves(child),
            var property when IsSection(property) => Unknown(child, property.PropertyType),
            var property when IsList(property) => [],
            _ => child.GetChildren().SelectMany(Leaves),
        });

    private static IEnumerable<string> Leaves(IConfigurationSection section) =>
        section.GetChildren().ToArray() is { Length: > 0 } children ? children.SelectMany(Leaves) : [section.Path];

    private static IEnumerable<string> Known(string path, Type type) => Settable(type).SelectMany(property =>
        IsSection(property) ? Known($"{path}:{property.Name}", property.PropertyType) : [$"{path}:{property.Name}"]);

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties().Where(property => property.SetMethod is { IsPublic: true } || IsList(property));

    private static bool IsList(PropertyInfo property) => property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable));

    private static bool IsSection(PropertyInfo property) => property.PropertyType is { IsClass: true } type && type != typeof(string) && !IsList(property);

    /// <summary>How many letters are to be changed; a right name in a wrong section is one step away.</summary>
    private static int Distance(string name, string known) => Math.Min(
        Edits(name, known), 1 + Edits(ConfigurationPath.GetSectionKey(name), ConfigurationPath.GetSectionKey(known)));

    /// <summary>Levenshtein's distance, capitals aside.</summary>
    private static int Edits(string from, string to)
    {
        int[] before = [.. Enumerable.Range(0, to.Length + 1)];
        foreach (var (i, letter) in from.Index())
        {
            var now = new int[to.Length + 1];
            now[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                var same = char.ToUpperInvariant(letter) == char.ToUpperInvariant(to[j]);
                now[j + 1] = Math.Min(Math.Min(now[j], before[j + 1]) + 1, before[j] + (same ? 0 : 1));
            }

            before = now;
        }

        return before[^1];
    }

    private sealed class Validation<T>(Func<T, IEnumerable<string>> faults) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            faults(options).ToArray() is { Length: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
    }
}

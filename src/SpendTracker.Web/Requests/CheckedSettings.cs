using System.ComponentModel.DataAnnotations;
using SpendTracker.Settings;

namespace SpendTracker.Web.Requests;

/// <summary>Settings whose limits stand at their properties. A wrong one keeps the host from starting: later it would show as something else.</summary>
internal static class CheckedSettings
{
    /// <returns>What a section says, and defaults for what it does not say.</returns>
    /// <exception cref="SettingsConflictException">A value cannot be read, or is beyond its limits.</exception>
    public static T Checked<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        T settings;
        try
        {
            settings = configuration.GetSection(section).Get<T>() ?? new();
        }
        catch (InvalidOperationException fault)
        {
            throw new SettingsConflictException(fault.Message); // It says where, and what was to be read.
        }

        List<ValidationResult> faults = [];
        return Validator.TryValidateObject(settings, new ValidationContext(settings), faults, validateAllProperties: true)
            ? settings
            : throw new SettingsConflictException(string.Join(' ', faults.Select(fault => $"{section}: {fault.ErrorMessage}")));
    }
}

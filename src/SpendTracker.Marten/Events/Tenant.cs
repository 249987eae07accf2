namespace SpendTracker.Events;

/// <summary>Who owns an event. There is one organisation a database so far, under Marten's name for the default tenant.</summary>
public static class Tenant
{
    public const string Default = "*DEFAULT*";
}

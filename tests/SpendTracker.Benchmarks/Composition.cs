using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace SpendTracker.Benchmarks;

/// <summary>What works on a database, from the product's composition root, for programs that run no host.</summary>
internal static class Composition
{
    private static readonly ConditionalWeakTable<SpendDatabase, ServiceProvider> Composed = [];

    /// <summary>One of each for a database, as in a host.</summary>
    public static T Get<T>(this SpendDatabase database)
        where T : class => Composed.GetValue(database, opened => new ServiceCollection().AddSpendTracker(opened).BuildServiceProvider()).GetRequiredService<T>();
}

using System.Reflection;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SpendTracker.Log;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Architecture;

/// <summary>What works on a database is made in one place, so that host, commands and tests have the same.</summary>
public sealed class CompositionTests
{
    private static readonly Assembly Core = typeof(SpendDatabase).Assembly;

    /// <summary>Of the core, what takes the database, a store, the log, or another such class. What the store gives by a property is part of it.</summary>
    private static HashSet<Type> Composed
    {
        get
        {
            HashSet<Type> found = [typeof(NpgsqlDataSource), typeof(IDocumentStore), typeof(EventStore), typeof(EventLog)];
            while (Core.GetExportedTypes().Where(type => !found.Contains(type) && !typeof(Projection).IsAssignableFrom(type) && Takes(type, found)).ToArray() is { Length: > 0 } more)
            {
                found.UnionWith(more);
            }

            return [.. found.Where(type => type.Assembly == Core).Except(typeof(EventStore).GetProperties().Select(property => property.PropertyType))];
        }
    }

    [Fact]
    public void Outside_the_composition_root_no_code_makes_what_works_on_a_database()
    {
        var composed = Composed;
        var made = from assembly in (Assembly[])[Core, typeof(SpendTrackerHost).Assembly]
                   from type in assembly.GetTypes()
                   where !type.IsNested && type.Namespace != typeof(SpendDatabase).Namespace
                   from other in UsedTypes.MadeBy(type)
                   where composed.Contains(other)
                   select $"{type.FullName} makes {other.Name}";

        Assert.True(!made.Any(), string.Join('\n', made.Distinct()));
    }

    [Fact]
    public async Task The_composition_root_has_all_that_works_on_a_database()
    {
        await using var database = await TestDatabase.CreateAsync();
        var added = new ServiceCollection().AddSpendTracker(database.Spend).Select(service => service.ServiceType).ToHashSet();

        Assert.Empty(Composed.Where(type => !added.Contains(type)).Select(type => type.Name));
    }

    /// <summary>If the reading went blind, the test above would pass whatever the code does.</summary>
    [Fact]
    public void What_a_class_makes_is_seen() => Assert.Contains(typeof(EventStore), UsedTypes.MadeBy(typeof(SpendDatabase)));

    private static bool Takes(Type type, HashSet<Type> parts) => type.IsClass
        && type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parts.Contains(parameter.ParameterType)));
}

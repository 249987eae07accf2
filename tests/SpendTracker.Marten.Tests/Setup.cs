using SpendTracker.Tests;

[assembly: AssemblyFixture(typeof(TestServer))]

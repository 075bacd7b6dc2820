namespace Lyceum.EndToEnd.Tests;

/// <summary>One suite for all tests that leave it running.</summary>
public sealed class RunningSuite : IAsyncLifetime
{
    internal Suite Suite { get; private set; } = null!;

    public async Task InitializeAsync() => Suite = await Suite.StartAsync();

    public async Task DisposeAsync() => await Suite.DisposeAsync();
}

[CollectionDefinition(nameof(RunningSuite))]
public sealed class RunningSuiteTests : ICollectionFixture<RunningSuite>;

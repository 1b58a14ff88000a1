namespace Rouse.Functional.Tests;

/// <summary>Tests that load the machine or measure it: they run one at a time, with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}

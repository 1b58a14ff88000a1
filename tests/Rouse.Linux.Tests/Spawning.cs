namespace Rouse.Linux.Tests;

/// <summary>
/// Servers are started by one thread of a program, as in the daemon, so tests that start some take turns. And nothing else runs meanwhile: until
/// its exec a child holds a copy of every descriptor of this process, and what another test closes is not closed yet.
/// </summary>
[CollectionDefinition(OneAtATime, DisableParallelization = true)]
public sealed class Spawning
{
    public const string OneAtATime = "one server at a time";
}

using Rouse.Linux;

namespace Rouse.Server.Loop;

/// <summary>Something with a descriptor that the loop watches: a listener, a session answered in the daemon, the signals.</summary>
public abstract class EventSource
{
    /// <summary>The place in the loop's table; −1 while not watched.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>What is watched.</summary>
    internal Fd Descriptor { get; set; }

    public bool IsWatched => Slot >= 0;

    /// <summary>Called once in a turn of the loop with what its descriptor is ready for. It must not wait for anything.</summary>
    public abstract void OnReady(PollEvents events);
}

using System;
using System.Threading;

namespace Rouse.Linux;

/// <summary>
/// Threads beside the one that starts servers. While there is one, the daemon's memory must not be copied for a child: the copy may have been
/// taken in the middle of a collection that this thread began, and nobody would ever end it there.
/// </summary>
public static class OtherThreads
{
    // One too many until the program has said that its threads are all started here.
    private static int _count = 1;

    /// <summary>There is none but the main one and the runtime's.</summary>
    public static bool AreNone => Volatile.Read(ref _count) == 0;

    /// <summary>The program starts threads by <see cref="Start"/> only, and has called this once.</summary>
    public static void AreAllCounted() => Interlocked.Decrement(ref _count);

    /// <summary>Starts one.</summary>
    /// <param name="stackSize">In bytes; 0 for the usual size.</param>
    /// <exception cref="OutOfMemoryException">No thread can be made.</exception>
    public static void Start(string name, Action work, int stackSize = 0)
    {
        Interlocked.Increment(ref _count);
        try
        {
#pragma warning disable RS0030 // This is where they are counted.
            new Thread(() => Run(work), stackSize) { IsBackground = true, Name = name }.Start();
#pragma warning restore RS0030
        }
        catch
        {
            Interlocked.Decrement(ref _count);
            throw;
        }
    }

    private static void Run(Action work)
    {
        try
        {
            work();
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}

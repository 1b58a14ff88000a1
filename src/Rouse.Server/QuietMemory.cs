using System;
using System.Runtime;
using Rouse.Linux;

namespace Rouse.Server;

/// <summary>
/// Gives memory back while nothing happens. A daemon that sleeps for months should hold what it needs for sleeping: not the garbage of
/// reading a configuration, not the stack that it took, and not the pages of code that the last connections ran through.
/// </summary>
public sealed class QuietMemory
{
    // Found when they are first let go of: who connects to a daemon that starts need not wait for it.
    private ProgramPages? _pages;
    private SpentStack? _stack;

    private bool _hasGarbage = true;

    /// <summary>A configuration was read: its garbage is many times the size of what stays.</summary>
    public void ConfigurationWasRead() => _hasGarbage = true;

    /// <summary>Something else was made that is large and needed no more.</summary>
    public void GarbageWasMade() => _hasGarbage = true;

    public void Release()
    {
        _pages ??= new ProgramPages();
        _stack ??= new SpentStack();
        if (_hasGarbage)
        {
            _hasGarbage = false;
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

            // The runtime's own, such as those of its pools: they run beside this thread, and would fetch back what is let go of below.
            GC.WaitForPendingFinalizers();
            ThisProcess.TrimHeap();
        }

        _stack.Release();
        _pages.Release();
    }
}

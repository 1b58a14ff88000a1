using System;
using Rouse.Server.Loop;

namespace Rouse.Server.Reloading;

/// <summary>
/// Reads a configuration away from the loop: a slow disk or name server must not hold up a connection, and a fault in the reading must
/// not end the daemon that already serves.
/// </summary>
internal static class ReloadThread
{
    /// <summary>What went wrong when the machine has no thread left.</summary>
    public const string NoThread = "no thread can be made";

    /// <param name="done">Called on the loop's thread, in a later turn, with what was read, or with what went wrong.</param>
    public static void Start<T>(EventLoop loop, Func<T> read, Action<T?, string> done)
        where T : class
    {
        bool begun = LoopThread.TryStart("reload", () =>
        {
            T? next = null;
            string fault = "";
            try
            {
                next = read();
            }
            catch (Exception e)
            {
                fault = e.ToString();
            }

            loop.HandIn(() => done(next, fault));
        });
        if (!begun)
        {
            loop.HandIn(() => done(null, NoThread));
        }
    }
}

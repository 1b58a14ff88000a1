using System;
using Rouse.Server.Loop;

namespace Rouse.Server.Reloading;

/// <summary>
/// Reads a configuration, or the rules of tcp_wrappers, away from the loop: a slow disk or name server must not hold up a connection, and a
/// fault in the reading must not end the daemon that already serves.
/// </summary>
internal static class ReloadThread
{
    /// <summary>False where no thread can be made; then nothing is read, and nobody called.</summary>
    /// <param name="done">Called on the loop's thread with what was read, or with what went wrong.</param>
    public static bool TryStart<T>(EventLoop loop, Func<T> read, Action<T?, string> done, string name = "reload")
        where T : class =>
        LoopThread.TryStart(name, () =>
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
}

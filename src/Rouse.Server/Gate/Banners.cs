using System;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Server.Gate;

/// <summary>
/// Sends the files of banner, banner_success and banner_fail (xinetd.conf(5)). A file is read each time, as in the original, so that it
/// can be changed without a reload; one that cannot be read costs the connection nothing but its banner.
/// </summary>
internal sealed class Banners(ISystem system, DaemonLog log)
{
    /// <summary>A longer banner is cut: what a fresh connection does not take at once would have to be waited for.</summary>
    public const int Longest = 64 * 1024;

    private byte[]? _buffer;

    public void Show(Fd connection, string path, string serviceId)
    {
        _buffer ??= new byte[Longest];
        SysResult read = system.ReadFile(path, _buffer);
        if (!read.Ok)
        {
            log.Error($"banner of service {serviceId}: open( {path} ) failed: {read.Error.Describe()} (errno = {(int)read.Error})");
            return;
        }

        SysResult sent = system.Send(connection, _buffer.AsSpan(0, read.Value));
        if (sent.Ok && (sent.Value < read.Value || read.Value == Longest))
        {
            log.Warning($"banner of service {serviceId}: {path} is too long; only its first {sent.Value} bytes were sent");
        }
    }
}

using System;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Server.Wrappers;

/// <summary>
/// The option banners of hosts_options(5): the file of the directory that has the daemon's name is sent, line by line, with expansions; each line
/// ends with CR LF. No such file: no banner.
/// </summary>
public sealed class WrapperBanners(ISystem system, DaemonLog log)
{
    private const int Longest = 64 * 1024;

    // The original's buffer for a line once its expansions are in.
    private const int LineRoom = 16_384;

    private byte[]? _buffer;

    public void Show(Fd connection, string directory, in WrapperRequest request)
    {
        _buffer ??= new byte[Longest];
        string path = $"{directory}/{request.Daemon}";
        SysResult read = system.ReadFile(path, _buffer);
        if (!read.Ok)
        {
            if (read.Error != Errno.ENOENT)
            {
                log.Error($"banner {path} cannot be read: {read.Error.Describe()} (errno = {(int)read.Error})");
            }

            return;
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, read.Value);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            string line = SourceFile.Decode(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
            string text = WrapperExpansion.Expand(end < 0 ? line : line + "\r\n", request, 0, LineRoom) ?? "";
            if (text.Length > 0 && !system.Send(connection, SourceFile.Encode(text)).Ok)
            {
                return;
            }
        }
    }
}

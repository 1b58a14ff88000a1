using System;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>
/// Tries options on a connection over loopback that nobody else uses, made when the first server wants one. Each start-up has one of its
/// own: an option that is set on it could change the answer to the next.
/// </summary>
internal sealed class OptionTrial(AddressFamily family) : IOptionTrial
{
    private Fd _socket = Fd.None;
    private Fd _other = Fd.None;

    public Errno? Try(int level, int option, ReadOnlySpan<byte> value)
    {
        if (!_socket.IsOpen)
        {
            SysResult opened = SocketOptions.OpenTrial(family == AddressFamily.IPv6 ? family : AddressFamily.IPv4, out _other);
            if (!opened.Ok)
            {
                return null;
            }

            _socket = opened.Fd;
        }

        return SocketOptions.Set(_socket, level, option, value).Error;
    }

    public void Close()
    {
        if (_socket.IsOpen)
        {
            SocketOptions.CloseTrial(_socket, _other);
            _socket = Fd.None;
        }
    }
}

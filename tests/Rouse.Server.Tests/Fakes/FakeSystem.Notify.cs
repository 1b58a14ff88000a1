using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>The service manager's end.</summary>
internal sealed partial class FakeSystem
{
    /// <summary>What the service manager was told: name and message.</summary>
    public List<(string Name, string Message)> Notified { get; } = [];

    /// <summary>Why it takes nothing.</summary>
    public Errno NotifyError { get; set; }

    public SysResult OpenNotify() => New(FakeKind.Connection);

    public SysResult Notify(Fd socket, string name, ReadOnlySpan<byte> message)
    {
        if (!_open.ContainsKey(socket.Value))
        {
            return SysResult.Fail(Errno.EBADF);
        }

        if (NotifyError != Errno.None)
        {
            return SysResult.Fail(NotifyError);
        }

        Notified.Add((name, Encoding.Latin1.GetString(message)));
        return SysResult.Success(message.Length);
    }
}

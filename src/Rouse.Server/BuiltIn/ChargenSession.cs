using System;
using Rouse.Linux;

namespace Rouse.Server.BuiltIn;

/// <summary>The character generator over a stream (RFC 864): writes as fast as the peer reads, until it closes.</summary>
internal sealed class ChargenSession(ChargenHandler pool) : StreamSession
{
    private int _position;

    public override void OnReady(PollEvents events)
    {
        if ((events & (PollEvents.Error | PollEvents.HangUp)) != PollEvents.None)
        {
            End();
            return;
        }

        ReadOnlySpan<byte> text = pool.Text[_position..];
        SysResult sent = Keeper.System.Send(Connection, text);
        if (sent.Ok)
        {
            _position = (_position + sent.Value) % ChargenText.Period;
        }
        else if (sent.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            End();
        }
    }

    protected override void Start()
    {
        _position = 0;

        // What the peer sends is of no interest; shutting its side down keeps its bytes from piling up.
        Keeper.System.Shutdown(Connection, ShutdownSide.Receive);
        WatchFor(PollEvents.Out);
    }

    protected override void Recycle() => pool.Return(this);
}

/// <summary>Sessions of chargen, with one stretch of text that is long enough to send from any position of its period.</summary>
internal sealed class ChargenHandler : SessionPool<ChargenSession>
{
    private const int LargestSend = 64 * 1024;

    private byte[]? _text;

    public ReadOnlySpan<byte> Text
    {
        get
        {
            if (_text is null)
            {
                _text = new byte[ChargenText.Period + LargestSend];
                ChargenText.Fill(_text, 0);
            }

            return _text;
        }
    }

    protected override ChargenSession Make() => new(this);
}

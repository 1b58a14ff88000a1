using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <content>Off until the next reload: nothing listens, what is served goes on.</content>
internal sealed partial class Service
{
    /// <summary>Switched off over the control socket: closed until it is switched on, or until a reload.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The number of the request that switched it off.</summary>
    public long OffSince { get; private set; }

    /// <summary>
    /// A server of a wait service still holds the socket that was given to it: whoever opened another one would have the peers of one
    /// service served by two servers.
    /// </summary>
    public bool IsSocketLent { get; private set; }

    /// <summary>On or off, a server has its socket now.</summary>
    public bool HasLentSocket => IsSocketLent || (State == ServiceState.Suspended && HandsSocketOver && Keeper.Sessions.Of(this).Count > 0);

    public bool IsCalled(string name) => Definition.Id == name || Definition.Name == name;

    public void SwitchOff(long asked)
    {
        bool isLent = HasLentSocket;
        Close();
        IsSocketLent = isLent;
        (IsOff, OffSince) = (true, asked);
    }

    /// <summary>Listens at once, or stays as it was and says why.</summary>
    public Errno SwitchOn()
    {
        Errno error = OpenListeners();
        if (error != Errno.None)
        {
            _sockets.Close();
            return error;
        }

        IsOff = false;
        _cps.Reset();
        _starts.Reset();
        BeginListening();
        return Errno.None;
    }

    // Its only server has ended, and with it the last use of the socket.
    private void TakeSocketBack()
    {
        bool isAwaited = IsSocketLent && State == ServiceState.WaitingForAddress;
        IsSocketLent = false;
        if (isAwaited)
        {
            _bindTimer?.Cancel();
            TryBindAgain();
        }
    }

    /// <summary>A reload: it listens again as soon as it can.</summary>
    public void ReturnFromOff()
    {
        IsOff = false;
        Open();
    }
}

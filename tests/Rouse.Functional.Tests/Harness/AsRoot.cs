using System;

namespace Rouse.Harness;

internal static class AsRoot
{
    /// <summary>Skips a test that needs what only root may do.</summary>
    public static void Needed()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("only root can give a server another user, limits above its own, or a negative nice value");
        }
    }
}

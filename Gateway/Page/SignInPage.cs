namespace Lyceum.Gateway.Page;

/// <summary>The form for a token, one page without a script.</summary>
internal static class SignInPage
{
    public static string Html(bool refused) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Sign in · Lyceum</title>
          <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f5f7, #15171c); color: light-dark(#1c2330, #e6e8ee); }
            main { width: min(24rem, 100vw - 3rem); padding: 2rem; border-radius: 12px; background: light-dark(#fff, #1e2129); box-shadow: 0 8px 30px rgb(0 0 0 / .12); box-sizing: border-box; }
            h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
            p { margin: 0 0 1.25rem; color: light-dark(#566072, #a0a8b8); }
            label { display: block; font-weight: 600; margin-bottom: .35rem; }
            input, button { width: 100%; box-sizing: border-box; font: inherit; padding: .6rem .75rem; border-radius: 8px; }
            input { border: 1px solid light-dark(#c4cad6, #414857); background: transparent; color: inherit; }
            button { margin-top: 1rem; border: 0; background: #3454d1; color: #fff; font-weight: 600; cursor: pointer; }
            :focus-visible { outline: 3px solid light-dark(#8fa5ff, #6c86ff); outline-offset: 1px; }
            .refused { margin: .6rem 0 0; color: light-dark(#a4262c, #ff8f8f); }
          </style>
        </head>
        <body>
          <main>
            <h1>Lyceum</h1>
            <p>Notebooks with a tutor.</p>
            <form method="post" action="/signin">
              <label for="token">Your token</label>
              <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
              {{(refused ? "<p class=\"refused\" role=\"alert\">That token is not known here. Ask who gave it to you for a new one.</p>" : "")}}
              <button type="submit">Sign in</button>
            </form>
          </main>
        </body>
        </html>
        """;
}

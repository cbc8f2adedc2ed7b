document.getElementById("app")?.append("…");

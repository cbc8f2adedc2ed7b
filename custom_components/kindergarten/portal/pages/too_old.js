// For browsers that know no modules: says so in all three languages, in the oldest words there are.
(function () {
  var texts = [
    ["kk", "Бұл браузер тым ескі. Телефонды жаңартыңыз немесе басқа браузерден ашыңыз."],
    ["ru", "Этот браузер слишком старый. Обновите телефон или откройте страницу в другом браузере."],
    ["en", "This browser is too old. Update the phone or open the page in another browser."],
  ];
  function say() {
    for (var at = 0; at < texts.length; at++) {
      var line = document.createElement("p");
      line.className = "plain";
      line.lang = texts[at][0];
      line.appendChild(document.createTextNode(texts[at][1]));
      document.body.appendChild(line);
    }
  }
  if (document.body) say();
  else document.addEventListener("DOMContentLoaded", say);
})();

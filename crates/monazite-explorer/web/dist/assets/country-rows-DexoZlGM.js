<<<<<<<< HEAD:crates/monazite-explorer/web/dist/assets/country-rows-DRx1bpqJ.js
import{r as e}from"./tables-N_r_ax8Q.js";var t=t=>(e(t,`exposure`)??0)>.5&&(e(t,`share_1`)??0)>.5;function n(t,n){let[r,i]=[0,0];for(let a of t){let[t,o]=[e(a,n),e(a,`imports`)??0];t!==null&&o>0&&(r+=t*o,i+=o)}return i>0?r/i:null}export{n,t};
========
import{r as e}from"./tables-BwW9dvEC.js";var t=t=>(e(t,`exposure`)??0)>.5&&(e(t,`share_1`)??0)>.5;function n(t,n){let[r,i]=[0,0];for(let a of t){let[t,o]=[e(a,n),e(a,`imports`)??0];t!==null&&o>0&&(r+=t*o,i+=o)}return i>0?r/i:null}export{n,t};
>>>>>>>> step20-cmp:crates/monazite-explorer/web/dist/assets/country-rows-DexoZlGM.js
